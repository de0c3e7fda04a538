"""OpenStack Swift with its S3 API, all four servers in one process: one replica, one drive, no memcached.

Started by swift.ts with a folder, `account:user`, a secret and a region. Prints its port, and ends with its
standard input.
"""
import os
import sys

import eventlet

eventlet.monkey_patch()

from eventlet import listen, tpool, wsgi  # noqa: E402
from swift.common import utils  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.wsgi import SwiftHttpProtocol, loadapp  # noqa: E402

folder, user, secret, region = sys.argv[1:]
# By default these come from /etc/swift/swift.conf, which belongs to the machine.
utils.HASH_PATH_PREFIX = utils.HASH_PATH_SUFFIX = b'proofsheet'


class NoCache:
    """Stands in for memcached, which the proxy asks for and works without."""

    def get(self, *_, **__):
        return None

    def set(self, *_, **__):
        pass

    delete = set

    def incr(self, *_, **__):
        return 1


def load(kind, text):
    path = os.path.join(folder, kind + '.conf')
    with open(path, 'w') as file:
        file.write('[DEFAULT]\nswift_dir = %s\nlog_level = ERROR\n%s' % (folder, text))
    return loadapp(path)


def serve(socket, app):
    eventlet.spawn(wsgi.server, socket, app, open(os.devnull, 'w'), protocol=SwiftHttpProtocol)


backends = {kind: listen(('127.0.0.1', 0)) for kind in ('account', 'container', 'object')}
os.makedirs(os.path.join(folder, 'drives', 'd1'))
for kind, socket in backends.items():
    ring = RingBuilder(1, 1, 0)
    ring.add_dev({'region': 1, 'zone': 1, 'weight': 1, 'ip': '127.0.0.1', 'port': socket.getsockname()[1],
                  'device': 'd1', 'meta': ''})
    ring.rebalance()
    ring.get_ring().save(os.path.join(folder, kind + '.ring.gz'))
for kind, socket in backends.items():
    serve(socket, load(kind, '''
devices = %s/drives
mount_check = false
[pipeline:main]
pipeline = server
[app:server]
use = egg:swift#%s
''' % (folder, kind)))

proxy = load('proxy', '''
[pipeline:main]
pipeline = catch_errors listing_formats s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = %s
[filter:tempauth]
use = egg:swift#tempauth
user_%s = %s .admin
[filter:slo]
use = egg:swift#slo
''' % (region, user.replace(':', '_'), secret))


def with_cache(environ, start_response):
    environ['swift.cache'] = NoCache()
    return proxy(environ, start_response)


front = listen(('127.0.0.1', 0))
serve(front, with_cache)
print(front.getsockname()[1], flush=True)
tpool.execute(sys.stdin.read)

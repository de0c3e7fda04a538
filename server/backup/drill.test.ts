import { embeddedPlace, itRestoresUnderLoad } from '../../tests/support/backup-drill.ts';

itRestoresUnderLoad('restores a running embedded installation elsewhere', {
  from: embeddedPlace,
  to: () => embeddedPlace({ isNew: true }),
});

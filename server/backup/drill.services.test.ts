import { embeddedPlace, itRestoresUnderLoad, serverPlace } from '../../tests/support/backup-drill.ts';

const secret = 'a secret for tests of 32 letters and more';

itRestoresUnderLoad('restores a running embedded installation on PostgreSQL', {
  from: embeddedPlace,
  to: async (readSecret) => serverPlace(await readSecret()),
});

itRestoresUnderLoad('restores a running installation on PostgreSQL embedded', {
  from: () => serverPlace(secret),
  async to() {
    const { variables } = await embeddedPlace({ isNew: true });
    return { variables: { ...variables, AUTH_SECRET: secret } };
  },
});

/** Plain JavaScript, so that every Node can read it: stops with what to do where Node cannot run the TypeScript sources. */
import process from 'node:process';

const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `Proofsheet runs on Node 24; this is Node ${process.versions.node}. On Linux and Windows \`npm ci\` installs Node 24 ` +
      'as an optional package: run it without --omit=optional. On other systems install Node 24 or newer.',
  );
  process.exit(1);
}

/** Writes an empty, migrated database into `dist/database`, which the first start of an installation unpacks. */
import { builtSnapshots, writeSnapshotFile } from '../server/database/snapshot.ts';

await writeSnapshotFile(builtSnapshots);

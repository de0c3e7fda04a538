import { constants } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

/** As many as the file system's threads have work for; `fs.cp` copies one after the other. */
const copiesAtOnce = 16;

/** Copies the files and folders in `from` to a folder that does not exist; where the file system can, without their bytes. */
export async function copyFolder(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const names = (isWanted: (entry: (typeof entries)[number]) => boolean) =>
    entries.filter(isWanted).map(({ parentPath, name }) => path.relative(from, path.join(parentPath, name)));
  await mkdir(to, { mode: 0o700 });
  // Parents are shorter than their children.
  for (const folder of names((entry) => entry.isDirectory()).toSorted((a, b) => a.length - b.length))
    await mkdir(path.join(to, folder), { mode: 0o700 });
  const files = names((entry) => entry.isFile());
  const copyFiles = async () => {
    for (let file = files.pop(); file !== undefined; file = files.pop())
      await copyFile(path.join(from, file), path.join(to, file), constants.COPYFILE_FICLONE);
  };
  await Promise.all(Array.from({ length: copiesAtOnce }, copyFiles));
}

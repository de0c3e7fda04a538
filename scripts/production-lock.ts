/** The part of `package-lock.json` that a release installs. */

type Versions = Readonly<Record<string, string>>;

export interface Manifest {
  name: string;
  version: string;
  dependencies: Versions;
  [field: string]: unknown;
}

export interface LockedPackage {
  version?: string;
  dependencies?: Versions;
  optionalDependencies?: Versions;
  peerDependencies?: Versions;
  peerDependenciesMeta?: Readonly<Record<string, { optional?: boolean }>>;
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
}

export interface Lock {
  packages: Readonly<Record<string, LockedPackage>>;
  [field: string]: unknown;
}

/**
 * The lock of a package that has only the dependencies of `manifest`, at the locked versions and places. `npm ci
 * --omit=dev` on the whole lock is no substitute: it also installs development packages that are optional peers of others.
 * @throws {Error} Where a dependency is not locked.
 */
export function productionLock(manifest: Manifest, lock: Lock): Lock {
  const packages: Record<string, LockedPackage> = {};
  const visit = (location: string): void => {
    const found = lock.packages[location];
    if (!found || packages[location]) return;
    const { dev: _, devOptional, ...rest } = found;
    packages[location] = { ...rest, ...(devOptional && { optional: true }) };
    for (const name of requiredBy(found)) visitFrom(location, name);
  };
  const visitFrom = (location: string, name: string): void => {
    const place = locate(lock, location, name);
    if (place !== undefined) visit(place);
    else if (location === '') throw new Error(`${name} is not in package-lock.json: run npm install.`);
  };
  for (const name of Object.keys(manifest.dependencies)) visitFrom('', name);
  const sorted = Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...lock, packages: { '': manifest as LockedPackage, ...Object.fromEntries(sorted) } };
}

function requiredBy({ dependencies, optionalDependencies, ...peers }: LockedPackage): string[] {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = peers;
  const requiredPeers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...requiredPeers];
}

/** Where Node finds the package `name` from `location`: the nearest `node_modules`, outwards. */
function locate(lock: Lock, location: string, name: string): string | undefined {
  for (let folder = location; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock.packages[place]) return place;
    if (folder === '') return undefined;
  }
}

// `node sbom.mjs`: the packages that the built page consists of, as CycloneDX, for scanners; the bundle itself names none. From the lock file, because
// `npm sbom --omit=dev` leaves out each package that some other package has for its own development, React among them.
import { readFileSync } from 'node:fs';

const { name, version, packages } = JSON.parse(
  readFileSync(new URL('package-lock.json', import.meta.url), 'utf8'),
);
const purl = (of, at) => `pkg:npm/${of.replace('@', '%40')}@${at}`;
const components = Object.entries(packages)
  .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
  .map(([path, { version: at, license, integrity }]) => {
    const of = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const [, digest] = /^sha512-(.+)$/.exec(integrity ?? '') ?? [];
    return {
      'bom-ref': `${of}@${at}`,
      type: 'library',
      name: of,
      version: at,
      purl: purl(of, at),
      ...(digest
        ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }] }
        : {}),
      ...(license ? { licenses: [{ expression: license }] } : {}),
    };
  });
const component = {
  'bom-ref': `${name}@${version}`,
  type: 'application',
  name,
  version,
  purl: purl(name, version),
};
// Without a time and a serial number, so that the same packages give the same file.
console.log(
  JSON.stringify(
    { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata: { component }, components },
    null,
    1,
  ),
);

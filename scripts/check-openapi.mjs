// `just check-openapi`: whether docs/openapi.json is a valid OpenAPI 3.1 document, and one that generators and people can use.
// First it is tried on damaged copies, so that a validator that has gone blind does not pass for a valid document.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../client/package.json', import.meta.url));
const { createConfig, lintFromString } = require('@redocly/openapi-core');

const path = new URL('../docs/openapi.json', import.meta.url);
const config = await createConfig({
  rules: {
    struct: 'error',
    'no-unresolved-refs': 'error',
    'no-unused-components': 'error',
    'no-duplicated-tag-names': 'error',
    'no-enum-type-mismatch': 'error',
    'no-identical-paths': 'error',
    'no-ambiguous-paths': 'error',
    'no-path-trailing-slash': 'error',
    'no-invalid-media-type-examples': 'error',
    'no-invalid-schema-examples': 'error',
    'no-invalid-parameter-examples': 'error',
    'no-schema-type-mismatch': 'error',
    'no-required-schema-properties-undefined': 'error',
    'operation-operationId': 'error',
    'operation-operationId-unique': 'error',
    'operation-operationId-url-safe': 'error',
    'operation-parameters-unique': 'error',
    'operation-summary': 'error',
    'operation-singular-tag': 'error',
    'operation-tag-defined': 'error',
    'path-declaration-must-exist': 'error',
    'path-not-include-query': 'error',
    'path-params-defined': 'error',
    'path-parameters-defined': 'error',
    'spec-components-invalid-map-name': 'error',
  },
});
// What an event of a stream holds: OpenAPI 3.1 has no place that could refer to it.
const unreferenced = (problem) => problem.ruleId === 'no-unused-components' && problem.location[0]?.pointer === '#/components/schemas/Changes';
const lint = async (document) => (await lintFromString({ source: JSON.stringify(document), absoluteRef: 'openapi.json', config })).filter((problem) => !unreferenced(problem)).map((problem) => `${problem.ruleId} at ${problem.location[0]?.pointer ?? '?'}: ${problem.message}`);

const source = readFileSync(path, 'utf8');
const broken = {
  'an answer without a description': (document) => delete document.paths['/api/me'].get.responses['200'].description,
  'a reference to nothing': (document) => (document.paths['/api/me'].get.responses['200'] = { $ref: '#/components/responses/Nothing' }),
  'one name for two operations': (document) => (document.paths['/api/me'].patch.operationId = document.paths['/api/me'].get.operationId),
  'a type that there is not': (document) => (Object.values(document.components.schemas)[0].type = 'text'),
  'a parameter that is not in the path': (document) => (document.paths['/api/{nothing}'] = { get: { ...document.paths['/api/me'].get, operationId: 'nothing' } }),
};
const problems = await lint(JSON.parse(source));
for (const [what, damage] of Object.entries(broken)) {
  const document = JSON.parse(source);
  damage(document);
  if ((await lint(document)).length <= problems.length) {
    console.error(`check-openapi: ${what} was not noticed`);
    process.exit(1);
  }
}

for (const problem of problems) console.error(`docs/openapi.json: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log('check-openapi: docs/openapi.json is valid');

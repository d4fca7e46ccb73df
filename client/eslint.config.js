import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import i18next from 'eslint-plugin-i18next';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const features = readdirSync(new URL('./src/features', import.meta.url));

/** Imports may only point down: routes -> features -> entities -> everything shared. */
function forbidImports(files, patterns) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

/** Attributes and properties whose text people read or hear. */
const READ_ATTRIBUTES = [
  'aria-label',
  'alt',
  'cancel',
  'confirm',
  'content',
  'deleteNote',
  'description',
  'error',
  'example',
  'hint',
  'label',
  'placeholder',
  'submit',
  'title',
];

const climbing = {
  group: ['../**/features/**', '../../*'],
  message: 'Use the @/ alias to leave a folder.',
};

export default tseslint.config(
  { ignores: ['dist', 'sbom.mjs', 'test-results', 'playwright-report', 'src/api/schema.gen.ts'] },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  jsxA11y.flatConfigs.recommended,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      // TanStack Router's `throw redirect()` is no Error.
      '@typescript-eslint/only-throw-error': 'off',
      'max-lines': ['error', { max: 400 }],
    },
  },
  forbidImports(
    ['src/{api,components,hooks,lib,messages,testing}/**'],
    [
      {
        group: ['@/entities/**', '@/features/**', '@/routes/**', '@/router'],
        message: 'Shared code knows no entity, no feature and no route.',
      },
      climbing,
    ],
  ),
  // What several features show and change. An entry has a category and a person; these know nothing of entries.
  ...[
    { folders: '{me,catalog}', above: ['@/entities/entry/**'] },
    { folders: 'entry', above: [] },
  ].map(({ folders, above }) =>
    forbidImports(
      [`src/entities/${folders}/**`],
      [
        {
          group: [...above, '@/features/**', '@/routes/**', '@/router'],
          message: 'An entity knows no feature and no route, and of other entities only those below it.',
        },
        climbing,
      ],
    ),
  ),
  ...features.map((feature) =>
    forbidImports(
      [`src/features/${feature}/**`],
      [
        {
          group: ['@/features/*', `!@/features/${feature}`, '@/routes/**', '@/router'],
          message:
            'A feature imports neither another feature nor a route; move what both need to an entity or to shared code.',
        },
        {
          group: features.filter((other) => other !== feature).map((other) => `@/features/${other}/**`),
          message: 'Features never import features.',
        },
        climbing,
      ],
    ),
  ),
  // What people read comes from src/messages, so that it can be read in every language.
  {
    files: ['src/**/*.tsx'],
    ignores: ['src/**/*.test.tsx', 'src/**/testing.tsx', 'src/messages/**'],
    plugins: { i18next },
    rules: {
      'i18next/no-literal-string': [
        'error',
        {
          mode: 'jsx-only',
          'should-validate-template': true,
          'jsx-attributes': { include: READ_ATTRIBUTES },
          // Single keys, and punctuation.
          words: { exclude: ['[^A-Za-z]*', '[a-z]'] },
        },
      ],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: [
      'src/**/*.test.{ts,tsx}',
      'src/**/testing.tsx',
      'src/{messages,testing}/**',
      'src/api/schema.gen.ts',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['Literal[value=/[A-Za-z]{2}/]', 'TemplateLiteral'].map((text) => ({
          selector: `Property[key.name=/^(title|label|description|hint|refused|example)$/] > ${text}`,
          message: 'What people read comes from src/messages.',
        })),
        {
          selector: "CallExpression[callee.object.name='toast'] > Literal",
          message: 'What people read comes from src/messages.',
        },
      ],
    },
  },
  {
    // Playwright's fixtures look like hooks and are none.
    files: ['e2e/**'],
    rules: { 'react-hooks/rules-of-hooks': 'off', 'no-empty-pattern': 'off' },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);

import { settingRows, variableOf } from './settings-table.ts'

/** Bars would end a cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

/** docs/settings.md: every setting of the edge, in Markdown. */
export function settingsPage(): string {
  const rows = settingRows.map(([name, { fallback = '', valueHint, description, isSecret }]) => [
    `\`--${name}\`${valueHint === undefined ? '' : ` ${valueHint}`}`,
    fallback === '' ? '' : `\`${fallback}\``,
    `${description}.${isSecret === true ? ' Never in the log.' : ''}`,
  ])
  const table = [['setting', 'default', 'what it is'], ['---', '---', '---'], ...rows]
  return [
    '# Settings of the edge',
    '',
    'Written from `edge/settings/settings-table.ts`: `npx vitest run --project "node*" edge/settings -u` after a change.',
    '',
    `Flags win over variables (\`--default-bundle\` is \`${variableOf('default-bundle')}\`), those over a JSON file`,
    '(`--config edge.json`, the same names without dashes in front), that over the defaults. [Hosting](hosting.md) says what they are for.',
    '',
    ...table.map((cells) => `| ${cells.map(cell).join(' | ')} |`),
    '',
  ].join('\n')
}

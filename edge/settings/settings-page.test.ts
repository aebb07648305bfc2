import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { edgeFlags } from './edge-flags.ts'
import { settingsPage } from './settings-page.ts'
import { settingsTable, variableOf, type SettingName, type SettingRow } from './settings-table.ts'

it('docs/settings.md is what the table says', async () => {
  await expect(settingsPage()).toMatchFileSnapshot('../../docs/settings.md')
})

const pages = [
  'README.md',
  'edge/README.md',
  ...readdirSync('docs').map((name) => join('docs', name)),
].filter((path) => path.endsWith('.md'))

it.each(pages)('%s names only variables that there are', (path) => {
  const known = Object.keys(edgeFlags).map(variableOf)
  for (const [variable] of readFileSync(path, 'utf8').matchAll(/\bCACHENET_[A-Z_]+\b/g))
    expect(known).toContain(variable)
})

it('docs/hosting.md has the defaults that it names from the table', () => {
  const named = [...readFileSync('docs/hosting.md', 'utf8').matchAll(/`--([a-z-]+)`\s\(([\d,]+)/g)]
  expect(named.length).toBeGreaterThan(1)
  for (const [, name = '', value = ''] of named)
    expect(value.replaceAll(',', '')).toBe((settingsTable[name as SettingName] as SettingRow).fallback)
})

import { settingRows, type SettingName } from './settings-table.ts'

interface Flag {
  readonly type: 'string' | 'boolean'
  readonly valueHint?: string
  readonly description: string
}

/** A flag that stands alone says by its name what it is without. */
const withFallback = (description: string, fallback = ''): string =>
  fallback === '' || fallback === 'false' ? description : `${description} (${fallback})`

const flags = settingRows.map(([name, { valueHint, description, fallback }]): [SettingName, Flag] => [
  name,
  valueHint === undefined
    ? { type: 'boolean', description }
    : { type: 'string', valueHint, description: withFallback(description, fallback) },
])

/**
 * The flags as the command line knows them. They have no defaults there: the environment and a file come in
 * between.
 */
export const edgeFlags: Readonly<Record<SettingName | 'config', Flag>> = {
  ...(Object.fromEntries(flags) as Record<SettingName, Flag>),
  config: {
    type: 'string',
    valueHint: 'file',
    description:
      'JSON file with the same names; flags and environment win over it. CACHENET_CONFIG does the same',
  },
}

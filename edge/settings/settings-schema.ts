import { z } from 'zod'
import { settingRows, settingsTable, type SettingName } from './settings-table.ts'

type Shape = { readonly [Name in SettingName]: (typeof settingsTable)[Name]['schema'] }

const shape = Object.fromEntries(settingRows.map(([name, { schema }]) => [name, schema])) as Shape

export const settingsSchema = z
  .object(shape)
  .refine((settings) => (settings['tls-cert'] === undefined) === (settings['tls-key'] === undefined), {
    path: ['tls-cert'],
    message: 'and --tls-key belong together',
  })
  .refine((settings) => !(settings.https && settings['tls-cert'] !== undefined), {
    path: ['https'],
    message: 'makes a certificate, and --tls-cert names one: choose one of the two',
  })

export type EdgeSettings = z.infer<typeof settingsSchema>

/** The settings of an edge to which nobody gave any: what the parts of an edge take where nothing is said. */
export const defaultSettings: EdgeSettings = settingsSchema.parse(
  Object.fromEntries(settingRows.map(([name, { fallback }]) => [name, fallback])),
)

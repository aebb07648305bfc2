import { z } from 'zod'
import { automaticToken } from './access/automatic-token.ts'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
const text = z.string().min(1, 'must not be empty')

/** Everything comes as text, whichever way it comes. */
const wholeNumber = (most: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value <= most, `must be at most ${most}`)
const isOn = z.enum(['true', 'false', ''], 'must be true or false').transform((value) => value !== 'false')
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
)
const origins = list.refine(
  (values) => values.every((value) => URL.canParse(value) && new URL(value).origin === value),
  'must be origins like https://example.org, with commas between them',
)

export const settingsSchema = z
  .object({
    port: wholeNumber(65_535),
    host: text,
    bundles: text,
    page: text,
    'default-bundle': text.optional(),
    keys: text.optional(),
    'reload-seconds': wholeNumber(86_400),
    engine: z.enum(['auto', 'onnxruntime', 'tfjs-wasm'], 'must be auto, onnxruntime or tfjs-wasm'),
    threads: wholeNumber(1024).optional(),
    'batch-window-ms': wholeNumber(1000),
    'max-queued': wholeNumber(1_000_000).refine((value) => value > 0, 'must be at least 1'),
    token: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'must be printable and without spaces')
      .refine(
        (value) => value === automaticToken || value.length >= 16,
        'must have at least 16 characters, or be auto',
      )
      .optional(),
    'token-file': text,
    'cors-origins': origins,
    hosts: list,
    'max-mega-macs': wholeNumber(1_000_000_000).refine((value) => value > 0, 'must be at least 1'),
    'max-activation-mb': wholeNumber(1_000_000).refine((value) => value > 0, 'must be at least 1'),
    'rate-limit': wholeNumber(1_000_000),
    'trust-proxy': wholeNumber(16),
    'max-body-bytes': wholeNumber(2 ** 30).refine((value) => value >= 3072, 'must be at least 3072'),
    'max-pixels': wholeNumber(2 ** 28).refine((value) => value >= 1024, 'must be at least 1024'),
    'body-timeout-seconds': wholeNumber(3600).refine((value) => value > 0, 'must be at least 1'),
    'stop-seconds': wholeNumber(3600),
    'drain-seconds': wholeNumber(3600),
    https: isOn,
    'tls-cert': text.optional(),
    'tls-key': text.optional(),
    'tls-folder': text,
    'log-level': z.enum(levels, `must be one of ${levels.join(', ')}`),
  })
  .refine((settings) => (settings['tls-cert'] === undefined) === (settings['tls-key'] === undefined), {
    path: ['tls-cert'],
    message: 'and --tls-key belong together',
  })
  .refine((settings) => !(settings.https && settings['tls-cert'] !== undefined), {
    path: ['https'],
    message: 'makes a certificate, and --tls-cert names one: choose one of the two',
  })

export type EdgeSettings = z.infer<typeof settingsSchema>
export type SettingName = keyof EdgeSettings

export const settingDefaults: Partial<Record<SettingName, string>> = {
  port: '8787',
  host: '0.0.0.0',
  bundles: 'public/bundles',
  page: 'dist',
  'reload-seconds': '2',
  engine: 'auto',
  'batch-window-ms': '1',
  'max-queued': '128',
  'cors-origins': '',
  'token-file': '.cache/token',
  hosts: '',
  'max-mega-macs': '4000',
  'max-activation-mb': '64',
  'rate-limit': '100',
  'trust-proxy': '0',
  'max-body-bytes': String(4 * 2 ** 20),
  'max-pixels': '11000000',
  'body-timeout-seconds': '10',
  'stop-seconds': '10',
  'drain-seconds': '2',
  https: 'false',
  'tls-folder': '.cache/tls',
  'log-level': 'info',
}

/** What must not be read over somebody's shoulder, nor in a log. */
export const secretSettings: ReadonlySet<SettingName> = new Set<SettingName>(['token'])

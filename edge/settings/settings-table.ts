import { z } from 'zod'
import { automaticToken } from '../access/automatic-token.ts'
import { isOn, list, oneOf, origins, redisUrl, text, wholeNumber } from './value-schemas.ts'

/** One setting of the edge: all that is said of it anywhere. */
export interface SettingRow {
  /** From the text in which it is given, whichever way. */
  readonly schema: z.ZodType
  /** Taken where nobody gives it; left out where there is none. */
  readonly fallback?: string
  /** What stands behind its flag; left out for a flag that stands alone. */
  readonly valueHint?: string
  readonly description: string
  /** Must not be read over somebody's shoulder, nor in a log. */
  readonly isSecret?: true
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

const token = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be printable and without spaces')
  .refine(
    (value) => value === automaticToken || value.length >= 16,
    'must have at least 16 characters, or be auto',
  )

/**
 * The settings: flags, variables, the config file's names, defaults, `--help`, docs/settings.md follow from
 * the rows, in their order.
 */
export const settingsTable = {
  port: {
    schema: wholeNumber(65_535),
    fallback: '8787',
    valueHint: 'number',
    description: 'Port to listen on; 0 takes a free one',
  },
  host: {
    schema: text,
    fallback: '0.0.0.0',
    valueHint: 'address',
    description: 'Address to listen on; 127.0.0.1 for this machine alone',
  },
  bundles: {
    schema: text,
    fallback: 'public/bundles',
    valueHint: 'folder',
    description: 'Folder with one folder for each bundle, as training wrote them',
  },
  page: {
    schema: text,
    fallback: 'dist',
    valueHint: 'folder',
    description: 'Folder of the built page',
  },
  'default-bundle': {
    schema: text.optional(),
    valueHint: 'id',
    description: 'Bundle that the page opens with (people, or else walkers, or else the first)',
  },
  keys: {
    schema: text.optional(),
    valueHint: 'keys',
    description:
      'Public keys, or files of them, with commas between: a bundle that none of them signed is refused. None takes every bundle',
  },
  'reload-seconds': {
    schema: wholeNumber(86_400),
    fallback: '2',
    valueHint: 'seconds',
    description: 'How often the folder of bundles is looked into for new versions; 0 never',
  },
  engine: {
    schema: oneOf(['auto', 'onnxruntime', 'tfjs-wasm'], 'must be auto, onnxruntime or tfjs-wasm'),
    fallback: 'auto',
    valueHint: 'name',
    description: 'onnxruntime (native), tfjs-wasm, or auto: the fastest that is installed',
  },
  threads: {
    schema: wholeNumber(1024).optional(),
    valueHint: 'number',
    description: 'Threads for inference (as many as there are cores)',
  },
  'batch-window-ms': {
    schema: wholeNumber(1000),
    fallback: '1',
    valueHint: 'ms',
    description: 'How long a frame waits for company while inference is idle',
  },
  'max-queued': {
    schema: wholeNumber(1_000_000, 1),
    fallback: '128',
    valueHint: 'frames',
    description: 'Frames that may wait; one more is refused with 503',
  },
  token: {
    schema: token.optional(),
    valueHint: 'secret',
    description:
      'Access token of at least 16 characters, better given as CACHENET_TOKEN or in the file; auto makes one. None lets everybody in',
    isSecret: true,
  },
  'token-file': {
    schema: text,
    fallback: '.cache/token',
    valueHint: 'file',
    description: 'Where --token auto keeps its token',
  },
  'cors-origins': {
    schema: origins,
    fallback: '',
    valueHint: 'origins',
    description: 'Other origins whose pages may use the API, with commas between them',
  },
  hosts: {
    schema: list,
    fallback: '',
    valueHint: 'names',
    description:
      'Names under which the edge is asked, with commas between them; needed without a token, besides addresses and local names',
  },
  'max-mega-macs': {
    schema: wholeNumber(1_000_000_000, 1),
    // What people bring needs 300 (MobileNetV2 at 224 pixels) to 4,100 (ResNet-50), the released bundles 118.
    fallback: '8000',
    valueHint: 'number',
    description:
      'Million multiply-accumulates that a frame of a bundle may cost; a bundle that costs more is refused',
  },
  'max-activation-mb': {
    schema: wholeNumber(1_000_000, 1),
    fallback: '64',
    valueHint: 'MiB',
    description: 'Memory between two layers that a frame of a bundle may need',
  },
  'rate-limit': {
    schema: wholeNumber(1_000_000),
    fallback: '100',
    valueHint: 'number',
    description: 'Requests a second of one client, averaged over ten; 0 sets no limit',
  },
  'trust-proxy': {
    schema: wholeNumber(16),
    fallback: '0',
    valueHint: 'number',
    description: 'How many proxies of yours stand in front: only their X-Forwarded-* counts',
  },
  'max-body-bytes': {
    schema: wholeNumber(2 ** 30, 3072),
    fallback: String(4 * 2 ** 20),
    valueHint: 'bytes',
    description: 'Largest body of a frame',
  },
  'max-pixels': {
    schema: wholeNumber(2 ** 28, 1024),
    // An image of 600 kB can unfold to hundreds of megabytes.
    fallback: '11000000',
    valueHint: 'number',
    description: 'Largest image, in pixels',
  },
  'body-timeout-seconds': {
    schema: wholeNumber(3600, 1),
    fallback: '10',
    valueHint: 'seconds',
    description: 'Longest that a body may take to arrive',
  },
  'stop-seconds': {
    schema: wholeNumber(3600),
    fallback: '10',
    valueHint: 'seconds',
    description: 'Longest that a stop waits for frames in flight',
  },
  'drain-seconds': {
    schema: wholeNumber(3600),
    fallback: '2',
    valueHint: 'seconds',
    description: 'How long a stopping edge says "not ready" and still answers, for a load balancer to notice',
  },
  https: {
    schema: isOn,
    fallback: 'false',
    description:
      'Serve https with a certificate for the addresses of this machine, made by an authority of its own',
  },
  'tls-cert': {
    schema: text.optional(),
    valueHint: 'file',
    description: 'Certificate chain (PEM) to serve https with',
  },
  'tls-key': { schema: text.optional(), valueHint: 'file', description: 'Its private key (PEM)' },
  'tls-folder': {
    schema: text,
    fallback: '.cache/tls',
    valueHint: 'folder',
    description: 'Where --https keeps its authority',
  },
  learn: {
    schema: list,
    fallback: '',
    valueHint: 'bundles',
    description:
      'Ids of bundles, with commas between: the edge learns the places of phones whose people switched that on, too. None learns nothing and keeps no frame. An experiment: a learned place answers more strangers',
  },
  'learn-folder': {
    schema: text,
    fallback: '.cache/places',
    valueHint: 'folder',
    description: 'Where --learn keeps frames of places, and nothing else is',
  },
  'learn-frames': {
    schema: wholeNumber(100_000, 60),
    fallback: '200',
    valueHint: 'number',
    description: 'New frames of a place that it takes to learn it, and to learn it again',
  },
  'learn-days': {
    schema: wholeNumber(3650, 1),
    fallback: '30',
    valueHint: 'days',
    description: 'Longest that a frame is kept',
  },
  'learn-mb': {
    schema: wholeNumber(1_000_000, 1),
    fallback: '64',
    valueHint: 'MiB',
    description: 'Most that the kept frames of a bundle take on the disk',
  },
  'learn-seconds': {
    schema: wholeNumber(86_400, 1),
    fallback: '600',
    valueHint: 'seconds',
    description: 'Longest that the training of a place may take',
  },
  'learn-key': {
    schema: text.optional(),
    valueHint: 'file',
    description:
      'Private key, as npm run keys makes it, that learned versions are signed with; needed where the bundle is signed',
  },
  'learn-trainer': {
    schema: text,
    fallback: 'train/learn-place.ts',
    valueHint: 'file',
    description: 'The program that trains a place; where it is missing, nothing is learned',
  },
  'learn-pictures': {
    schema: isOn,
    fallback: 'false',
    description:
      'Show a few of the frames that are kept of a place to phones that ask, whoever sent them; else they never leave the edge',
  },
  'learn-queue': {
    schema: redisUrl.optional(),
    valueHint: 'url',
    description:
      'Redis (or Valkey) by which several edges share what they learn: redis://host:port. --bundles and --learn-folder are then shared folders. None learns for this edge alone',
    // It may hold a password.
    isSecret: true,
  },
  'log-level': {
    schema: oneOf(levels, `must be one of ${levels.join(', ')}`),
    fallback: 'info',
    valueHint: 'level',
    description: `What goes to the log on stderr: ${levels.join(', ')}`,
  },
} as const satisfies Record<string, SettingRow>

export type SettingName = keyof typeof settingsTable

/** The rows with their names, in their order. */
export const settingRows = Object.entries(settingsTable) as readonly (readonly [SettingName, SettingRow])[]

/** `default-bundle` → `CACHENET_DEFAULT_BUNDLE`. */
export const variableOf = (name: string): string => `CACHENET_${name.replaceAll('-', '_').toUpperCase()}`

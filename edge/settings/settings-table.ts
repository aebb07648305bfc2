import { settingDefaults, type SettingName } from './settings-schema.ts'

interface Flag {
  readonly type: 'string'
  readonly valueHint: string
  readonly description: string
}

const flag = (name: SettingName, valueHint: string, description: string): Flag => {
  const fallback = settingDefaults[name]
  return {
    type: 'string',
    valueHint,
    description: fallback === undefined || fallback === '' ? description : `${description} (${fallback})`,
  }
}

/**
 * The flags as the command line knows them. They have no defaults there: the environment and a file come in
 * between.
 */
export const edgeFlags = {
  port: flag('port', 'number', 'Port to listen on; 0 takes a free one'),
  host: flag('host', 'address', 'Address to listen on; 127.0.0.1 for this machine alone'),
  bundles: flag('bundles', 'folder', 'Folder with one folder for each bundle, as training wrote them'),
  page: flag('page', 'folder', 'Folder of the built page'),
  'default-bundle': flag(
    'default-bundle',
    'id',
    'Bundle that the page opens with (people, or else walkers, or else the first)',
  ),
  keys: flag(
    'keys',
    'keys',
    'Public keys, or files of them, with commas between: a bundle that none of them signed is refused. None takes every bundle',
  ),
  'reload-seconds': flag(
    'reload-seconds',
    'seconds',
    'How often the folder of bundles is looked into for new versions; 0 never',
  ),
  engine: flag('engine', 'name', 'onnxruntime (native), tfjs-wasm, or auto: the fastest that is installed'),
  threads: flag('threads', 'number', 'Threads for inference (as many as there are cores)'),
  'batch-window-ms': flag(
    'batch-window-ms',
    'ms',
    'How long a frame waits for company while inference is idle',
  ),
  'max-queued': flag('max-queued', 'frames', 'Frames that may wait; one more is refused with 503'),
  token: flag(
    'token',
    'secret',
    'Access token of at least 16 characters, better given as CACHENET_TOKEN or in the file; auto makes one. None lets everybody in',
  ),
  'token-file': flag('token-file', 'file', 'Where --token auto keeps its token'),
  'cors-origins': flag(
    'cors-origins',
    'origins',
    'Other origins whose pages may use the API, with commas between them',
  ),
  hosts: flag(
    'hosts',
    'names',
    'Names under which the edge is asked, with commas between them; needed without a token, besides addresses and local names',
  ),
  'max-mega-macs': flag(
    'max-mega-macs',
    'number',
    'Million multiply-accumulates that a frame of a bundle may cost; a bundle that costs more is refused',
  ),
  'max-activation-mb': flag(
    'max-activation-mb',
    'MiB',
    'Memory between two layers that a frame of a bundle may need',
  ),
  'rate-limit': flag(
    'rate-limit',
    'number',
    'Requests a second of one client, averaged over ten; 0 sets no limit',
  ),
  'trust-proxy': flag(
    'trust-proxy',
    'number',
    'How many proxies of yours stand in front: only their X-Forwarded-* counts',
  ),
  'max-body-bytes': flag('max-body-bytes', 'bytes', 'Largest body of a frame'),
  'max-pixels': flag('max-pixels', 'number', 'Largest image, in pixels'),
  'body-timeout-seconds': flag('body-timeout-seconds', 'seconds', 'Longest that a body may take to arrive'),
  'stop-seconds': flag('stop-seconds', 'seconds', 'Longest that a stop waits for frames in flight'),
  'drain-seconds': flag(
    'drain-seconds',
    'seconds',
    'How long a stopping edge says "not ready" and still answers, for a load balancer to notice',
  ),
  https: {
    type: 'boolean',
    description:
      'Serve https with a certificate for the addresses of this machine, made by an authority of its own',
  },
  'tls-cert': flag('tls-cert', 'file', 'Certificate chain (PEM) to serve https with'),
  'tls-key': flag('tls-key', 'file', 'Its private key (PEM)'),
  'tls-folder': flag('tls-folder', 'folder', 'Where --https keeps its authority'),
  'log-level': flag(
    'log-level',
    'level',
    'What goes to the log on stderr: trace, debug, info, warn, error, silent',
  ),
  config: {
    type: 'string',
    valueHint: 'file',
    description:
      'JSON file with the same names; flags and environment win over it. CACHENET_CONFIG does the same',
  },
} satisfies Record<
  SettingName | 'config',
  Flag | { type: 'boolean'; description: string } | (Omit<Flag, 'type'> & { type: 'string' })
>

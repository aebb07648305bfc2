import type { Logger } from 'pino'
import type { EdgeSettings } from './settings-schema.ts'
import type { EdgeOptions } from './start-edge.ts'
import type { Tls } from './tls/open-tls.ts'

/** Settings as people give them, as the edge takes them. */
export function optionsOf(
  settings: EdgeSettings,
  tls: Tls | undefined,
  log: Logger,
  keys?: ReadonlySet<string>,
): EdgeOptions {
  const maxQueued = settings['max-queued']
  return {
    port: settings.port,
    host: settings.host,
    bundlesFolder: settings.bundles,
    pageFolder: settings.page,
    defaultBundle: settings['default-bundle'],
    keys,
    reloadMs: settings['reload-seconds'] * 1000,
    engine: settings.engine,
    threads: settings.threads,
    batching: { windowMs: settings['batch-window-ms'], maxQueued },
    access: {
      token: settings.token,
      corsOrigins: settings['cors-origins'],
      hosts: settings.hosts,
      trustedProxies: settings['trust-proxy'],
    },
    costLimits: {
      maxMegaMacs: settings['max-mega-macs'],
      maxActivationBytes: settings['max-activation-mb'] * 2 ** 20,
    },
    requestsPerSecond: settings['rate-limit'],
    frameLimits: {
      maxBodyBytes: settings['max-body-bytes'],
      maxPixels: settings['max-pixels'],
      bodyTimeoutMs: settings['body-timeout-seconds'] * 1000,
      // Frames in the queue, and about as many again on their way in or out.
      maxFramesInFlight: 2 * maxQueued,
    },
    tls,
    log,
    drainMs: settings['drain-seconds'] * 1000,
    stopTimeoutMs: settings['stop-seconds'] * 1000,
  }
}

import type { Logger } from 'pino'
import { costLimitsOf } from './cost-limits.ts'
import { frameLimitsOf } from './frame-limits.ts'
import type { EdgeSettings } from './settings-schema.ts'
import type { EdgeOptions } from '../start-edge.ts'
import type { Tls } from '../tls/open-tls.ts'

/** Settings as people give them, as the edge takes them. */
export function optionsOf(
  settings: EdgeSettings,
  tls: Tls | undefined,
  log: Logger,
  keys?: ReadonlySet<string>,
): EdgeOptions {
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
    batching: { windowMs: settings['batch-window-ms'], maxQueued: settings['max-queued'] },
    access: {
      token: settings.token,
      corsOrigins: settings['cors-origins'],
      hosts: settings.hosts,
      trustedProxies: settings['trust-proxy'],
    },
    costLimits: costLimitsOf(settings),
    requestsPerSecond: settings['rate-limit'],
    frameLimits: frameLimitsOf(settings),
    learning:
      settings.learn.length === 0
        ? undefined
        : {
            bundles: settings.learn,
            folder: settings['learn-folder'],
            keyFile: settings['learn-key'],
            queueUrl: settings['learn-queue'],
            showsFrames: settings['learn-pictures'],
            framesNeeded: settings['learn-frames'],
            limits: {
              mostFrames: 3000,
              mostBytes: settings['learn-mb'] * 2 ** 20,
              mostAgeMs: settings['learn-days'] * 86_400_000,
            },
            trainer: settings['learn-trainer'],
            trainLimitMs: settings['learn-seconds'] * 1000,
          },
    tls,
    log,
    drainMs: settings['drain-seconds'] * 1000,
    stopTimeoutMs: settings['stop-seconds'] * 1000,
  }
}

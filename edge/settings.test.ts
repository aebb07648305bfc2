import { describe, expect, it } from 'vitest'
import { CacheNetError } from '../core/wire/errors.ts'
import { resolveSettings } from './settings.ts'

describe('resolveSettings', () => {
  const problemsOf = (args: string[], flags: Record<string, unknown>, environment: Record<string, string> = {}): unknown => {
    try {
      return resolveSettings(args, flags, environment)
    } catch (thrown) {
      if (!(thrown instanceof CacheNetError) || thrown.code !== 'config-invalid') throw thrown
      return thrown.details['problems']
    }
  }

  it('has a default for everything', () => {
    expect(resolveSettings([], {}, {})).toEqual({ port: 8787, host: '0.0.0.0', bundles: 'public/bundles', page: 'dist', 'log-level': 'info' })
  })

  it('takes a flag before the environment, and that before the default', () => {
    const environment = { CACHENET_PORT: '9000', CACHENET_DEFAULT_BUNDLE: 'cifar10', CACHENET_LOG_LEVEL: 'debug' }
    const settings = resolveSettings(['--port', '1234'], { port: '1234' }, environment)
    expect(settings).toMatchObject({ port: 1234, 'default-bundle': 'cifar10', 'log-level': 'debug', host: '0.0.0.0' })
  })

  it.each(['abc', '-1', '1.5', '', '65536'])('refuses the port %j, and says where it comes from', (port) => {
    expect(problemsOf(['--port', port], { port })).toEqual([expect.stringContaining('--port')])
    expect(problemsOf([], {}, { CACHENET_PORT: port })).toEqual([expect.stringContaining('CACHENET_PORT')])
  })

  it('names every problem at once', () => {
    const flags = { 'log-level': 'loud', host: '' }
    expect(problemsOf(['--log-level=loud', '--host='], flags)).toEqual([expect.stringContaining('--host'), expect.stringContaining('--log-level')])
  })

  it('refuses flags and words that it does not know', () => {
    expect(problemsOf(['--prot', '80'], { prot: '80' })).toEqual(['There is no flag --prot.'])
    expect(problemsOf(['serve'], {})).toEqual([expect.stringContaining('serve')])
    expect(problemsOf(['--port=80', 'serve'], { port: '80' })).toEqual([expect.stringContaining('serve')])
  })
})

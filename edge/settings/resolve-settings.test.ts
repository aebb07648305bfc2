import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CacheNetError } from '../../core/wire/errors.ts'
import { resolveSettings, shownSettings } from './resolve-settings.ts'
import { temporaryFolder } from '../testing/bundle-folder.ts'

describe('resolveSettings', () => {
  const problemsOf = (
    args: string[],
    flags: Record<string, unknown>,
    environment: Record<string, string> = {},
  ): unknown => {
    try {
      return resolveSettings(args, flags, environment)
    } catch (thrown) {
      if (!(thrown instanceof CacheNetError) || thrown.code !== 'config-invalid') throw thrown
      return thrown.details['problems']
    }
  }

  it('has a default for everything', () => {
    expect(resolveSettings([], {}, {})).toEqual({
      port: 8787,
      host: '0.0.0.0',
      bundles: 'public/bundles',
      page: 'dist',
      'log-level': 'info',
      'reload-seconds': 2,
      engine: 'auto',
      'batch-window-ms': 1,
      'max-queued': 128,
      'cors-origins': [],
      hosts: [],
      'token-file': '.cache/token',
      'max-mega-macs': 8000,
      'max-activation-mb': 64,
      'rate-limit': 100,
      'trust-proxy': 0,
      'max-body-bytes': 4_194_304,
      'max-pixels': 11_000_000,
      'body-timeout-seconds': 10,
      'stop-seconds': 10,
      'drain-seconds': 2,
      https: false,
      'tls-folder': '.cache/tls',
      learn: [],
      'learn-folder': '.cache/places',
      'learn-frames': 200,
      'learn-days': 30,
      'learn-mb': 64,
      'learn-seconds': 600,
      'learn-trainer': 'train/learn-place.ts',
      'learn-pictures': false,
    })
  })

  it('takes a flag before the environment, and that before the default', () => {
    const environment = {
      CACHENET_PORT: '9000',
      CACHENET_DEFAULT_BUNDLE: 'cifar10',
      CACHENET_LOG_LEVEL: 'debug',
    }
    const settings = resolveSettings(['--port', '1234'], { port: '1234' }, environment)
    expect(settings).toMatchObject({
      port: 1234,
      'default-bundle': 'cifar10',
      'log-level': 'debug',
      host: '0.0.0.0',
    })
  })

  it('takes the environment before the file, and that before the default', async () => {
    const { folder, remove } = await temporaryFolder()
    onTestFinished(remove)
    const config = join(folder, 'edge.json')
    await writeFile(
      config,
      JSON.stringify({
        port: 1,
        host: 'a',
        https: true,
        'cors-origins': ['https://a.test', 'https://b.test'],
      }),
    )
    const settings = resolveSettings(['--config', config], { config }, { CACHENET_HOST: 'b' })
    expect(settings).toMatchObject({
      port: 1,
      host: 'b',
      https: true,
      'cors-origins': ['https://a.test', 'https://b.test'],
      'log-level': 'info',
    })
    expect(resolveSettings([], {}, { CACHENET_CONFIG: config, CACHENET_PORT: '2' })).toMatchObject({
      port: 2,
      host: 'a',
    })
    await writeFile(config, JSON.stringify({ prot: 1, port: { a: 1 } }))
    expect(problemsOf([], { config })).toEqual([
      expect.stringContaining('prot'),
      expect.stringContaining('port'),
    ])
    await writeFile(config, '{')
    expect(problemsOf([], { config })).toEqual([config])
    expect(problemsOf([], { config: join(folder, 'nowhere.json') })).toEqual([
      expect.stringContaining('nowhere'),
    ])
  })

  it('shows no secret: neither a good one nor a bad one', () => {
    const shown = shownSettings(resolveSettings([], { token: 'a-very-secret-token' }, {}))
    expect(shown).toMatchObject({ token: '(set)', port: 8787 })
    expect(shownSettings(resolveSettings([], {}, {}))).not.toHaveProperty('token')
    const queue = { 'learn-queue': 'redis://:a-password@redis:6379' }
    expect(shownSettings(resolveSettings([], queue, {}))).toMatchObject({ 'learn-queue': '(set)' })
    expect(problemsOf([], { token: 'too-short' })).toEqual([expect.not.stringContaining('too-short')])
  })

  it.each([
    [{ 'tls-cert': 'a.pem' }, 'tls-key'],
    [{ 'tls-cert': 'a.pem', 'tls-key': 'b.pem', https: 'true' }, 'choose one'],
    [{ 'cors-origins': 'https://a.test/path' }, 'origins'],
    [{ engine: 'gpu' }, 'onnxruntime'],
    [{ 'max-queued': '0' }, 'at least 1'],
    [{ 'learn-queue': 'localhost:6379' }, 'redis://host:6379'],
  ])('refuses %j', (flags, says) => {
    expect(problemsOf([], flags)).toEqual([expect.stringContaining(says)])
  })

  it('takes an empty variable for none where nothing is the default', () => {
    expect(
      shownSettings(
        resolveSettings([], {}, { CACHENET_TOKEN: '', CACHENET_THREADS: '', CACHENET_DEFAULT_BUNDLE: '' }),
      ),
    ).not.toHaveProperty('token')
    expect(problemsOf([], { token: '' })).toContainEqual(expect.stringContaining('--token'))
  })

  it.each(['abc', '-1', '1.5', '', '65536'])('refuses the port %j, and says where it comes from', (port) => {
    expect(problemsOf(['--port', port], { port })).toEqual([expect.stringContaining('--port')])
    expect(problemsOf([], {}, { CACHENET_PORT: port })).toEqual([expect.stringContaining('CACHENET_PORT')])
  })

  it('names every problem at once', () => {
    const flags = { 'log-level': 'loud', host: '' }
    expect(problemsOf(['--log-level=loud', '--host='], flags)).toEqual([
      expect.stringContaining('--host'),
      expect.stringContaining('--log-level'),
    ])
  })

  it('refuses flags and words that it does not know', () => {
    expect(problemsOf(['--prot=80'], { prot: '80' })).toEqual(['There is no flag --prot.'])
    expect(problemsOf(['serve'], {})).toEqual([expect.stringContaining('serve')])
    expect(problemsOf(['--port=80', 'serve'], { port: '80' })).toEqual([expect.stringContaining('serve')])
    expect(problemsOf(['--constructor'], {})).toEqual(['There is no flag --constructor.'])
    expect(problemsOf(['--prot', '80'], {})).toEqual([
      'There is no flag --prot.',
      expect.stringContaining('80'),
    ])
  })

  it('refuses a flag whose value was forgotten', () => {
    expect(problemsOf(['--hosts'], { hosts: '' })).toEqual(['--hosts needs a value.'])
    expect(problemsOf(['--token', '--https'], { token: '--https' })).toEqual(['--token needs a value.'])
  })

  it('refuses a flag that was given twice, without its values', () => {
    const [problem] = problemsOf(['--token', 'one-very-secret-token', '--token=another-secret-token'], {
      token: 'another-secret-token',
    }) as string[]
    expect(problem).toContain('--token was given more than once')
    expect(problem).not.toContain('secret')
  })
})

import { describe, expect, it } from 'vitest'
import { ensureChromium, type System } from './ensure-chromium.ts'

/** A machine on which these commands fail; `installed` is what can be found once Chromium was installed. */
function machine(
  options: Partial<Pick<System, 'platform' | 'isRoot'>> & { failing?: readonly string[] } = {},
): { system: System; ran: string[]; find: () => string } {
  const ran: string[] = []
  const { failing = [], ...rest } = options
  return {
    ran,
    find: () =>
      ran.some((command) => command.endsWith('apt-get install -y chromium')) ? process.execPath : '',
    system: {
      platform: 'linux',
      isRoot: true,
      ...rest,
      run: (command, args) => {
        const words = [command, ...args].join(' ')
        const isOk = !failing.some((start) => words.startsWith(start))
        if (isOk) ran.push(words)
        return Promise.resolve({ isOk, seconds: 0 })
      },
    },
  }
}

describe('ensureChromium', () => {
  it('installs nothing where there is one', async () => {
    const { system, ran } = machine()
    expect(await ensureChromium(system, () => process.execPath)).toBe(process.execPath)
    expect(ran).toEqual([])
  })

  it('installs it as root', async () => {
    const { system, ran, find } = machine()
    expect(await ensureChromium(system, find)).toBe(process.execPath)
    expect(ran).toEqual(['apt-get --version', 'apt-get update', 'apt-get install -y chromium'])
  })

  it('installs it with sudo where that asks for no password', async () => {
    const { system, ran, find } = machine({ isRoot: false })
    expect(await ensureChromium(system, find)).toBe(process.execPath)
    expect(ran.slice(1)).toEqual([
      'sudo -n true',
      'sudo -n apt-get update',
      'sudo -n apt-get install -y chromium',
    ])
  })

  it.each([
    ['there is no apt-get', { failing: ['apt-get'] }],
    ['sudo asks for a password', { isRoot: false, failing: ['sudo'] }],
    ['it is not Linux', { platform: 'darwin' as const }],
    ['it cannot be installed', { failing: ['apt-get install'] }],
  ])('says what to do where %s', async (_name, options) => {
    const { system, find } = machine(options)
    await expect(ensureChromium(system, find)).rejects.toThrow('CHROMIUM_PATH')
  })

  it('does not believe in a path that cannot be started', async () => {
    const { system } = machine({ platform: 'darwin' })
    await expect(ensureChromium(system, () => '/no/such/chromium')).rejects.toThrow('/no/such/chromium')
  })
})

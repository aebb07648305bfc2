import { expect, it } from 'vitest'
import { addressForPhones, greeting, type GreetingFacts } from './greeting.ts'

const address = (
  family: 'IPv4' | 'IPv6',
  ip: string,
  internal: boolean,
): NonNullable<GreetingFacts['interfaces'][string]>[number] =>
  family === 'IPv4'
    ? { family, address: ip, internal, netmask: '', mac: '', cidr: null }
    : { family, address: ip, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }

const facts: GreetingFacts = {
  host: '0.0.0.0',
  port: 8787,
  origin: 'http://localhost:8787',
  engineName: 'tfjs-wasm',
  defaultBundle: 'walkers',
  bundleIds: ['cifar10', 'walkers'],
  isPageBuilt: true,
  hasToken: false,
  interfaces: {
    lo: [address('IPv4', '127.0.0.1', true)],
    eth0: [address('IPv4', '192.168.1.20', false), address('IPv6', 'fe80::1', false)],
  },
}

it('names this machine and the network, and not what nobody can reach', () => {
  const text = greeting(facts)
  expect(text).toContain('http://localhost:8787/')
  expect(text).toContain('http://192.168.1.20:8787/')
  expect(text).not.toMatch(/\/\/127\.|fe80/)
  expect(text).toContain('adb reverse tcp:8787 tcp:8787')
  expect(text).not.toContain('npm run build')
})

it('names no address of the network where it listens to this machine alone', () => {
  expect(greeting({ ...facts, host: '127.0.0.1', origin: 'http://127.0.0.1:8787' })).not.toContain('192.168')
})

it('says how to build the page where it is missing', () => {
  expect(greeting({ ...facts, isPageBuilt: false })).toContain('npm run build')
})

it('teaches how a phone comes to trust the authority, with the fingerprint to compare', () => {
  const text = greeting({
    ...facts,
    origin: 'https://localhost:8787',
    authority: { fingerprint: 'AA:BB', authorityFile: '.cache/tls/cachenet-ca.crt' },
  })
  expect(text).toContain('https://192.168.1.20:8787/cachenet-ca.crt')
  expect(text).toContain('AA:BB')
  expect(text).toContain('Certificate Trust Settings')
  expect(text).not.toContain('http://192')
  expect(text).not.toContain('adb')
})

it('sends phones to the network where the edge listens to it', () => {
  expect(addressForPhones(facts)).toBe('http://192.168.1.20:8787/')
  expect(addressForPhones({ ...facts, host: '192.168.1.7', origin: 'http://192.168.1.7:8787' })).toBe(
    'http://192.168.1.7:8787/',
  )
})

it('sends phones nowhere where no phone can come', () => {
  for (const host of ['127.0.0.1', '127.0.1.1', 'localhost', '::1'])
    expect(addressForPhones({ ...facts, host })).toBeUndefined()
  expect(addressForPhones({ ...facts, interfaces: {} })).toBeUndefined()
  const text = greeting({ ...facts, host: '127.0.0.1', origin: 'http://127.0.0.1:8787' })
  expect(text).toContain('this machine alone')
  expect(text).not.toMatch(/--https|no token/)
})

it('says in one line that everybody gets in, and what keeps them out', () => {
  const open = greeting(facts)
    .split('\n')
    .filter((line) => line.includes('--token auto'))
  expect(open).toHaveLength(1)
  expect(greeting({ ...facts, hasToken: true })).not.toContain('--token auto')
})

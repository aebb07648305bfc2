import type { Interfaces } from './tls/lan-hosts.ts'
import { networkAddresses } from './tls/lan-hosts.ts'
import { authorityPath } from './routes/authority.ts'

export interface GreetingFacts {
  readonly host: string
  readonly port: number
  readonly origin: string
  readonly engineName: string
  readonly defaultBundle: string
  readonly bundleIds: readonly string[]
  readonly isPageBuilt: boolean
  readonly interfaces: Interfaces
  /** Whether the API asks for a token; the token itself is in the QR code only. */
  readonly hasToken: boolean
  /** Of the edge's own authority, where it has one. */
  readonly authority?: { readonly fingerprint: string; readonly authorityFile: string } | undefined
}

const isOpen = (host: string): boolean => ['0.0.0.0', '::', ''].includes(host)

/** Whether nobody but this machine reaches it. */
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host)

/**
 * Where a phone finds this edge: the first address of the network, or where it listens. Undefined where no
 * phone does.
 */
export function addressForPhones({
  host,
  port,
  origin,
  interfaces,
}: Pick<GreetingFacts, 'host' | 'port' | 'origin' | 'interfaces'>): string | undefined {
  if (isLoopback(host)) return undefined
  if (!isOpen(host)) return `${origin}/`
  const [address] = networkAddresses(interfaces)
  return address === undefined ? undefined : `${new URL(origin).protocol}//${address}:${port}/`
}

function phoneLines({ port, origin, interfaces, host, authority }: GreetingFacts): string[] {
  const address = addressForPhones({ host, port, origin, interfaces })
  if (address === undefined) {
    return [
      isLoopback(host)
        ? 'It listens to this machine alone. Without --host phones on the network reach it; as it is, there is:'
        : 'This machine has no address on a network. For a phone there is:',
      `  Android, by USB: adb reverse tcp:${port} tcp:${port}, then open ${new URL(origin).protocol}//localhost:${port}/ on the phone. Any phone: tailscale serve ${port}`,
    ]
  }
  if (authority !== undefined) {
    return [
      'A phone has to trust the authority of this edge, once:',
      `  1. Open ${new URL(authorityPath, address).href} on the phone, pass over the warning this one time, and install what is loaded.`,
      '  2. Android: Settings, Security, Encryption and credentials, Install a certificate, CA certificate.',
      '     iOS: install the profile in Settings, then switch it on under General, About, Certificate Trust Settings.',
      `  3. Compare its SHA-256 before you trust it: ${authority.fingerprint}`,
      `  The same certificate lies in ${authority.authorityFile}. Its key never leaves this machine.`,
    ]
  }
  if (origin.startsWith('https:')) return []
  return [
    'On a phone, the camera and offline use (the service worker) need https or localhost. --https makes a certificate; or:',
    `  Android, by USB: adb reverse tcp:${port} tcp:${port}, then open http://localhost:${port}/ on the phone. Any phone: tailscale serve ${port}`,
  ]
}

/**
 * What somebody who starts an edge wants to know: where it is, what it serves, and how a phone gets there.
 */
export function greeting(facts: GreetingFacts): string {
  const { host, port, origin, engineName, defaultBundle, bundleIds, isPageBuilt, interfaces, hasToken } =
    facts
  const scheme = new URL(origin).protocol
  const lines = [
    `The CacheNet edge is ready. Bundles: ${bundleIds.join(', ')} (opens with ${defaultBundle}). Engine: ${engineName}.`,
    '',
    `  On this machine  ${origin}/`,
    ...(isOpen(host)
      ? networkAddresses(interfaces).map((address) => `  On the network   ${scheme}//${address}:${port}/`)
      : []),
    '',
    ...phoneLines(facts),
  ]
  if (hasToken) {
    const how =
      addressForPhones(facts) === undefined ? '' : ' The QR code carries it; who scans the code gets in.'
    lines.push('', `It asks for its access token.${how}`)
  } else if (!isLoopback(host))
    lines.push(
      '',
      'Everybody who reaches this machine may use it: it asks for no token. --token auto makes one, --host 127.0.0.1 keeps it to this machine.',
    )
  if (!isPageBuilt)
    lines.push('', 'The page is not built yet: run npm run build, and load it then. The API answers already.')
  return `${lines.join('\n')}\n`
}

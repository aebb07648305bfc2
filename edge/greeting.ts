import type { NetworkInterfaceInfo } from 'node:os'

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** Addresses under which other machines of the network reach this one: IPv4, because that is what people can type. */
function networkAddresses(interfaces: Interfaces): string[] {
  return Object.values(interfaces).flatMap((addresses) =>
    (addresses ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  )
}

export interface GreetingFacts {
  readonly host: string
  readonly port: number
  readonly origin: string
  readonly engineName: string
  readonly defaultBundle: string
  readonly bundleIds: readonly string[]
  readonly isPageBuilt: boolean
  readonly interfaces: Interfaces
}

/** What somebody who starts an edge wants to know: where it is, what it serves, and how a phone gets there. */
export function greeting({ host, port, origin, engineName, defaultBundle, bundleIds, isPageBuilt, interfaces }: GreetingFacts): string {
  const isOpen = ['0.0.0.0', '::', ''].includes(host)
  const lines = [
    `The CacheNet edge is ready. Bundles: ${bundleIds.join(', ')} (opens with ${defaultBundle}). Engine: ${engineName}.`,
    '',
    `  On this machine  ${origin}/`,
    ...(isOpen ? networkAddresses(interfaces).map((address) => `  On the network   http://${address}:${port}/`) : []),
    '',
    'On a phone, the camera and offline use (the service worker) need https or localhost.',
    `  Android, by USB: adb reverse tcp:${port} tcp:${port}, then open http://localhost:${port}/ on the phone. Any phone: tailscale serve ${port}`,
  ]
  if (!isPageBuilt) lines.push('', 'The page is not built yet: run npm run build, and load it then. The API answers already.')
  return `${lines.join('\n')}\n`
}

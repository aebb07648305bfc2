import { hostname, type NetworkInterfaceInfo } from 'node:os'

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/**
 * Addresses under which other machines of the network reach this one: IPv4, because that is what people can
 * type.
 */
export function networkAddresses(interfaces: Interfaces): string[] {
  return Object.values(interfaces).flatMap((addresses) =>
    (addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address),
  )
}

/** Every name under which a browser of the local network may call this machine. */
export function lanHosts(interfaces: Interfaces): string[] {
  const name = hostname().toLowerCase().split('.')[0] ?? ''
  const names = /^[a-z0-9-]+$/.test(name) ? [name, `${name}.local`] : []
  return [...new Set(['localhost', '127.0.0.1', '::1', ...names, ...networkAddresses(interfaces)])]
}

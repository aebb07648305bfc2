/** Names of bundles and partitions: they stand in addresses and are folders, on any file system. */
const identifier = '[a-z0-9][a-z0-9-]{0,62}'

export const identifierPattern = new RegExp(`^${identifier}$`)

/** An identifier as a group of a longer pattern. */
export const identifierGroup = `(${identifier})`

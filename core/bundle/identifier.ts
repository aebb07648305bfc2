/** Names of bundles and partitions: they stand in addresses and are folders, on any file system. */
export const identifierPattern = /^[a-z0-9][a-z0-9-]{0,62}$/

import { join } from 'node:path'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import { findNginx, startNginx } from '../../edge/testing/nginx-process.ts'
import { freePort } from '../../edge/testing/free-port.ts'
import { bytesPerSecond, wrkVersion } from './blob-throughput.ts'
import { watchOtherWork } from '../harness/other-work.ts'
import type { EdgeBenchSettings } from './settings.ts'

export interface BlobNumbers {
  readonly blobBytes: number
  readonly wrk: string
  /** One entry a round, both. */
  readonly edgeBytesPerSecond: number[]
  readonly nginxBytesPerSecond: number[]
  /** Cores that other programs kept busy during the round, where the system says. */
  readonly othersCores: number[]
}

export interface MeasureBlobsOptions {
  readonly edgePort: number
  readonly folder: string
  readonly manifest: Manifest
  readonly settings: EdgeBenchSettings
  readonly say: (line: string) => void
}

/**
 * The blob of a partition, which is what phones download, from the edge and from nginx in turns; undefined
 * where a tool is missing.
 */
export async function measureBlobs({
  edgePort,
  folder,
  manifest,
  settings,
  say,
}: MeasureBlobsOptions): Promise<BlobNumbers | undefined> {
  const wrk = await wrkVersion()
  const { sha256, bytes } = manifest.generalist.whole
  if (wrk === undefined || findNginx() === undefined) {
    say('blobs are not measured: nginx or wrk is not installed (apt-get install nginx-light wrk)')
    return undefined
  }
  const scratch = await temporaryFolder()
  const port = await freePort()
  const nginx = await startNginx(
    scratch.folder,
    port,
    `sendfile on; tcp_nopush on; server { listen 127.0.0.1:${port}; location / { alias ${join(folder, manifest.id, 'blobs')}/; } }`,
  )
  const numbers = {
    edgeBytesPerSecond: [] as number[],
    nginxBytesPerSecond: [] as number[],
    othersCores: [] as number[],
  }
  try {
    const edge = async (): Promise<number> =>
      numbers.edgeBytesPerSecond.push(
        await bytesPerSecond(
          `http://127.0.0.1:${edgePort}${apiPaths.blob(manifest.id, sha256)}`,
          settings.seconds,
        ),
      )
    const rival = async (): Promise<number> =>
      numbers.nginxBytesPerSecond.push(
        await bytesPerSecond(`http://127.0.0.1:${port}/${sha256}.bin`, settings.seconds),
      )
    for (let round = 0; round < settings.rounds; round++) {
      const otherWork = watchOtherWork()
      for (const measure of round % 2 === 0 ? [edge, rival] : [rival, edge]) await measure()
      numbers.othersCores.push(otherWork() ?? NaN)
      const [edgeMiB, nginxMiB] = [numbers.edgeBytesPerSecond, numbers.nginxBytesPerSecond].map((values) =>
        ((values.at(-1) ?? 0) / 2 ** 20).toFixed(0),
      )
      say(
        `round ${round + 1}: edge ${edgeMiB} MiB/s, nginx ${nginxMiB} MiB/s, others ${numbers.othersCores.at(-1)?.toFixed(2)} cores`,
      )
    }
  } finally {
    await nginx.stop()
    await scratch.remove()
  }
  return { blobBytes: bytes, wrk, ...numbers }
}

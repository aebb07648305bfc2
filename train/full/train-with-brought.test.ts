import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import { kerasModel } from '../../onnx/testing/sample-models.ts'
import { resolveConfig } from '../config/resolve-config.ts'
import { loadFolder } from '../data/folder.ts'
import { readBundle } from '../models/read-bundle.ts'
import { logitsOf } from '../models/predictions.ts'
import { Progress } from '../run/progress.ts'
import { RunFolder } from '../run/run-folder.ts'
import { takeFull } from '../stages/take-full.ts'
import { writeColourPictures } from '../testing/colour-pictures.ts'
import { trainBundle } from '../train-bundle.ts'
import { askFullGraph } from './ask-full-graph.ts'
import { bringFull } from './bring-full.ts'
import { isFullGraph } from './full-graph.ts'

it(
  'trains a whole bundle under a model that somebody brought, which reads larger pictures than the device',
  { timeout: 240_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cachenet-brought-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeColourPictures(join(folder, 'data'), { images: 110, size: 32 })
    const tiny = { widths: [4, 4, 8] as const, optimizer: { epochs: 1, batchSize: 32 } }
    const config = resolveConfig(
      'folder',
      {
        imageSize: 16,
        workers: 1,
        partitionCount: 2,
        generalist: tiny,
        partition: { optimizer: { epochs: 1, batchSize: 32 } },
        delta: { optimizer: { epochs: 1, batchSize: 32 } },
        encoder: { epochs: 1, scenesPerBatch: 2, framesPerScene: 4 },
        gate: {
          streamFrames: 100,
          reportFrames: 200,
          localities: [{ kind: 'single', meanLength: 20 }],
          keepShares: [1],
          leastBeliefs: [0.6],
          scenePriors: [],
        },
      },
      [],
    )
    const options = { size: 16, validationShare: 0.1, cacheFolder: join(folder, 'cache') }
    const dataset = await loadFolder(join(folder, 'data'), options, () => undefined)
    const said: string[] = []
    const progress = new Progress({ write: (text) => said.push(text) })
    await writeFile(join(folder, 'model.onnx'), kerasModel())
    await writeFile(join(folder, 'labels.txt'), 'red\ngreen\nblue\n')
    await writeFile(join(folder, 'LICENCE'), 'As you like.\n')
    const brought = {
      model: join(folder, 'model.onnx'),
      labels: join(folder, 'labels.txt'),
      licence: join(folder, 'LICENCE'),
    }
    const { full } = await bringFull(brought, dataset, 1, progress)
    const run = await RunFolder.open(join(folder, 'run'), { dataset: 'folder', data: null, config }, false)
    const bundleFolder = join(folder, 'bundle')
    const train = (): ReturnType<typeof trainBundle> =>
      trainBundle(new AbortController().signal, {
        dataset,
        config,
        run,
        progress,
        bundleId: 'bundle',
        bundleFolder,
        command: 'none',
        full,
      })
    const { manifest, summary } = await train()

    expect(summary).toContain('brought as ONNX, 24x24')
    expect(parseManifest(JSON.parse(await readFile(join(bundleFolder, 'manifest.json'), 'utf8')))).toEqual(
      manifest,
    )
    expect(manifest).toMatchObject({
      schemaVersion: 4,
      input: { width: 16 },
      networks: {
        full: { kind: 'onnx', input: { width: 24 } },
        encoder: { trunk: 'full', spec: { inputShape: [4] } },
      },
      metrics: { fullAccuracy: 1 },
    })
    expect(manifest.partitions).toHaveLength(2)
    const blob = async (sha256 = ''): Promise<Buffer> =>
      readFile(join(bundleFolder, 'blobs', `${sha256}.bin`))
    const shipped = await blob(manifest.full.whole.sha256)
    expect(createHash('sha256').update(shipped).digest('hex')).toBe(manifest.full.whole.sha256)
    expect((await blob(manifest.full.licence?.sha256)).toString()).toBe('As you like.\n')

    // What comes out of the bundle says the same as what was trained with.
    const { networks } = await readBundle(bundleFolder)
    if (!isFullGraph(networks.full)) throw new RangeError('The full model is the one that was brought.')
    await askFullGraph({ full: networks.full, dataset, progress })
    const [before, after] = [full, networks.full].map((one) => one.predictionsOf(dataset.test, false))
    expect(after?.logits).toEqual(before?.logits)
    expect(logitsOf(after!, 0)).toHaveLength(3)

    // A run that goes on does not ask again, and another run cannot take the model over.
    said.length = 0
    const again = await bringFull(brought, dataset, 1, progress)
    await askFullGraph({ full: again.full, dataset, progress, run, training: { mirror: true } })
    expect(said.join('')).not.toContain('full, train')
    const context = { config, dataset, input: manifest.input, run }
    await expect(takeFull(context, bundleFolder)).rejects.toMatchObject({ code: 'config-invalid' })
  },
)

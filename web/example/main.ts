// The smallest page on `core`: a small network here answers a photograph where it is certain, the edge where
// it is not. `npm run edge`, `npm run dev`, and open /example/?bundle=people.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { downloadBlob } from '../../core/bundle/download-blob.ts'
import { decodeWeights } from '../../core/bundle/weights.ts'
import { createEdgeApi } from '../../core/client/edge-api.ts'
import { argMax, predictiveEntropy, softmax } from '../../core/gate/entropy.ts'
import { strangeness } from '../../core/gate/strangeness.ts'
import { preprocess } from '../../core/image/preprocess.ts'
import { forward, toTensors } from '../../core/network/forward.ts'
import { apiPaths } from '../../core/wire/api-paths.ts'
import { FramePixels } from '../inference-worker/frame-pixels.ts'

const { signal } = new AbortController()
const id = new URLSearchParams(location.search).get('bundle') ?? 'people'
const edge = createEdgeApi({ baseUrl: '' })
const { input, networks, generalist, gate, classNames } = await edge.manifest(signal, id)
const { whole: ref, temperature, mostStrange = Infinity } = generalist
const blob = await downloadBlob(signal, { url: apiPaths.blob(id, ref.sha256), ref })
const weights = toTensors(decodeWeights(networks.generalist, blob))

async function answer(photo: File): Promise<string> {
  const rgb = new FramePixels(input).read(await createImageBitmap(photo))
  const shape = [1, input.height, input.width, input.channels]
  const logits = tf.tidy(() =>
    forward(networks.generalist, weights, tf.tensor(preprocess(rgb, input), shape)).logits.dataSync(),
  )
  const probabilities = softmax(logits, temperature)
  const isCertain = predictiveEntropy(probabilities) <= gate.generalistThresholdNats
  if (isCertain && strangeness(logits, false) <= mostStrange)
    return `${classNames[argMax(probabilities)]}, says this device`
  const { value } = await edge.answerFrame(signal, id, rgb)
  return `${value.isStrange === true ? 'none of these' : value.label}, says the edge`
}

const photo = document.querySelector<HTMLInputElement>('#photo')
photo?.addEventListener('change', () => {
  const [file] = photo.files ?? []
  const show = (text: string): void => document.querySelector('#answer')?.replaceChildren(text)
  if (file) void answer(file).catch(String).then(show)
})

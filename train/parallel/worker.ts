import * as tf from '@tensorflow/tfjs-core'
import { parentPort, workerData } from 'node:worker_threads'
import { forward, toTensors, type NetworkWeights } from '../../core/network/forward.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { parameterLayout, trainingForward } from '../models/architecture.ts'
import { lossTerms, partitionLoss } from '../objective/partition-loss.ts'
import { askTeacher } from './ask-teacher.ts'
import { assembleBatch } from './assemble-batch.ts'
import { Barrier } from './barrier.ts'
import { BatchSource, stepsPerEpoch, totalSteps, type Batch } from './batches.ts'
import { commands, controlWords, sumFields, type WorkerMessage, type WorkerSetup } from './job.ts'
import { rateOf, updateShare } from './optimizer.ts'
import { tellRegion } from './tell-region.ts'

const setup = workerData as WorkerSetup
const { rank, ranks, job, state, control, gradients, sums, firstStep, checkpointSeconds, checkEvery } = setup
const { images, architecture } = job
const { parameters, size } = parameterLayout(architecture)
const steps = totalSteps(job)
const gradient = gradients[rank]!
const ownSums = rank * sumFields.count
const used = parameters.filter(({ role }) => role !== 'running')
/** Where nothing is learnt no gradient is computed: of a difference from the generalist, most of it. */
const trained = used.filter(({ role }) => rateOf(role, job.optimizer) > 0)

const post = (message: WorkerMessage): void => parentPort?.postMessage(message)

/** This rank's part of a list: contiguous, all parts together the whole. */
function part(length: number, index = rank, count = ranks): [number, number] {
  return [Math.floor((length * index) / count), Math.floor((length * (index + 1)) / count)]
}

/** Which output is right for the members at these positions of a batch. */
const labelsAt = ({ members }: Batch, positions: readonly number[]): number[] =>
  positions.map((position) => {
    const label = images.labels[members[position]!]!
    return job.head === undefined ? label : job.head.outputOf[label]!
  })

/** What the teacher says of them, told the region where there is one; undefined where nobody teaches. */
function teacherAt(
  teacher: NetworkWeights | undefined,
  { members, mirrored }: Batch,
  positions: readonly number[],
): tf.Tensor2D | undefined {
  if (teacher === undefined || job.teacher === undefined) return undefined
  const shown = positions.map((position) => ({
    image: members[position]!,
    isMirrored: mirrored[position] === 1,
  }))
  const taught = askTeacher(job.teacher, teacher, images, shown)
  return job.head === undefined ? taught : tellRegion(taught, job.head)
}

/** What it says of the members of a batch as they are shown: the first rows of its input. */
function teacherOf(
  teacher: NetworkWeights | undefined,
  x: tf.Tensor4D,
  members: number,
): tf.Tensor2D | undefined {
  if (teacher === undefined || job.teacher === undefined) return undefined
  const { spec } = job.teacher
  if (spec === undefined) throw new RangeError('A teacher that cannot be run is asked about what is shown.')
  const shown = tf.slice(x, [0, 0, 0, 0], [members, -1, -1, -1])
  const told = forward(spec, teacher, shown).logits
  return job.head === undefined ? told : tellRegion(told, job.head)
}

/**
 * Adds the gradient of one micro-batch to this rank's gradient vector, and its loss and right answers to the
 * sums.
 */
function accumulate(
  weights: ReadonlyMap<string, tf.Tensor>,
  teacher: NetworkWeights | undefined,
  batch: Batch,
  micro: number,
  micros: number,
): void {
  const [memberFrom, memberTo] = part(batch.members.length, rank * micros + micro, ranks * micros)
  const outsiders = part(batch.outsiders.length, rank * micros + micro, ranks * micros)
  const { head } = job
  const positions = Array.from({ length: memberTo - memberFrom }, (_, index) => memberFrom + index)
  const { mix } = batch
  const others = mix === undefined ? [] : positions.map((position) => mix.others[position]!)
  const labels = labelsAt(batch, positions)
  tf.tidy(() => {
    const x = assembleBatch(images, batch, [memberFrom, memberTo], outsiders)
    const { distillsShown } = job.loss
    const teacherLogits = distillsShown
      ? teacherOf(teacher, x, positions.length)
      : teacherAt(teacher, batch, positions)
    // Of two images in one as it is shown the teacher has spoken already.
    const othersLogits = mix === undefined || distillsShown ? undefined : teacherAt(teacher, batch, others)
    let right = 0
    const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const byName = new Map([
        ...weights,
        ...trained.map(({ name }, index) => [name, tensors[index]!] as const),
      ])
      const { logits } = trainingForward(architecture, byName, x, (layer, { mean, variance }) => {
        for (const [field, statistic] of [
          ['mean', mean],
          ['variance', variance],
        ] as const) {
          const { offset } = parameters.find(({ name }) => name === `${layer}/${field}`)!
          for (const [channel, number] of statistic.entries())
            gradient[offset + channel]! += number / (ranks * micros)
        }
      })
      const predictions = tf.argMax(tf.slice(logits, [0, 0], [labels.length, -1]), 1).dataSync<'int32'>()
      right = labels.filter((label, index) => predictions[index] === label).length
      return partitionLoss(
        {
          logits,
          labels: tf.tensor1d(labels, 'int32'),
          mix: mix && {
            shares: tf.tensor1d(mix.shares.slice(memberFrom, memberTo)),
            labels: tf.tensor1d(labelsAt(batch, others), 'int32'),
            teacherLogits: othersLogits,
          },
          outsiders: outsiders[1] - outsiders[0],
          elsewhere: head?.classIndices.length,
          teacherLogits,
          batchSize: batch.members.length + batch.outsiders.length,
          onTerm: (term, termValue) =>
            void (sums[ownSums + sumFields.terms + lossTerms.indexOf(term)]! += termValue),
        },
        job.loss,
      )
    })(trained.map(({ name }) => weights.get(name)!))
    sums[ownSums + sumFields.loss]! += value.dataSync<'float32'>()[0]!
    sums[ownSums + sumFields.right]! += right
    for (const [index, { offset }] of trained.entries()) {
      const values = grads[index]!.dataSync<'float32'>()
      for (let position = 0; position < values.length; position++)
        gradient[offset + position]! += values[position]!
    }
  })
}

/** Returns false, on rank 0, where the loss is no finite number. */
function runStep(
  batches: BatchSource,
  teacher: NetworkWeights | undefined,
  step: number,
  barrier: Barrier,
): boolean {
  const batch = batches.at(step)
  const micros = Math.ceil(job.optimizer.batchSize / ranks / job.optimizer.microBatchSize)
  gradient.fill(0)
  sums.fill(0, ownSums, ownSums + sumFields.count)
  const weights = new Map(
    used.map(({ name, shape, offset, size: count }) => [
      name,
      tf.tensor(new Float32Array(state.vector.subarray(offset, offset + count)), [...shape], 'float32'),
    ]),
  )
  for (let micro = 0; micro < micros; micro++) accumulate(weights, teacher, batch, micro, micros)
  tf.dispose([...weights.values()])

  barrier.wait()
  const [from, to] = part(size)
  updateShare(state, gradients, parameters, { from, to }, job.optimizer, step, steps)
  if (rank !== 0) return true
  const total = (field: number): number =>
    Array.from({ length: ranks }, (_, index) => sums[index * sumFields.count + field]!).reduce(
      (a, b) => a + b,
      0,
    )
  const loss = total(sumFields.loss)
  if (!Number.isFinite(loss)) {
    post({
      kind: 'diverged',
      step: step + 1,
      terms: lossTerms.filter((_, term) => !Number.isFinite(total(sumFields.terms + term))),
    })
    return false
  }
  post({
    kind: 'step',
    report: {
      step: step + 1,
      steps,
      epoch: Math.floor(step / stepsPerEpoch(job)),
      loss,
      accuracy: total(sumFields.right) / batch.members.length,
      images: batch.members.length + batch.outsiders.length,
    },
  })
  return true
}

/** Tells the main thread of this step, and waits until it has counted one more. */
function askMain(kind: 'checkpoint' | 'check', step: number, counter: number): void {
  const before = Atomics.load(control, counter)
  post({ kind, step: step + 1 })
  Atomics.wait(control, counter, before, 120_000)
}

const isCheck = (step: number): boolean =>
  checkEvery !== undefined && ((step + 1) % checkEvery === 0 || step + 1 === steps)

async function main(): Promise<void> {
  await startTrainingBackend()
  const barrier = new Barrier(
    control.subarray(controlWords.barrier, controlWords.barrier + Barrier.words),
    ranks,
  )
  const batches = new BatchSource(job)
  const teacher = job.teacher === undefined ? undefined : toTensors(job.teacher.weights)
  let lastCheckpoint = performance.now()
  for (let step = firstStep; step < steps; step++) {
    const isFinite = runStep(batches, teacher, step, barrier)
    // Before any checkpoint of this step: a training that goes on from there must not check it again.
    if (isCheck(step)) {
      if (rank === 0 && isFinite) askMain('check', step, controlWords.checksDone)
      barrier.wait()
      if (Atomics.load(control, controlWords.isEnough) === 1) {
        if (rank === 0) post({ kind: 'done', step: step + 1, isStopped: false })
        return
      }
    }
    if (rank === 0) {
      const isDue = performance.now() - lastCheckpoint > checkpointSeconds * 1000
      const isStopped = Atomics.load(control, controlWords.stopRequested) === 1
      const wanted = isStopped ? commands.checkpointAndStop : isDue ? commands.checkpoint : commands.goOn
      // What was learnt from such a step is no checkpoint.
      Atomics.store(control, controlWords.command, isFinite ? wanted : commands.stop)
    }
    barrier.wait()
    const command = Atomics.load(control, controlWords.command)
    if (command === commands.goOn) continue
    if (command === commands.stop) return
    if (rank === 0) {
      askMain('checkpoint', step, controlWords.checkpointsWritten)
      lastCheckpoint = performance.now()
    }
    barrier.wait()
    if (command === commands.checkpointAndStop) {
      if (rank === 0) post({ kind: 'done', step: step + 1, isStopped: true })
      return
    }
  }
  if (rank === 0) post({ kind: 'done', step: steps, isStopped: false })
}

await main()

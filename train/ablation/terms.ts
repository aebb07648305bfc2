/**
 * The terms of the objective that an ablation switches, one at a time: each a name, what it does to the config, and whether the
 * generalist is trained with it too (otherwise the variants share the baseline's).
 */
export interface AblatedTerm {
  readonly name: string
  readonly assignments: readonly string[]
  readonly changesGeneralist?: boolean
}

export const ablatedTerms: readonly AblatedTerm[] = [
  { name: 'without reconstruction', assignments: ['encoder.reconstruction=0'] },
  { name: 'without MMD', assignments: ['encoder.lambda=0'] },
  { name: 'without mutual information', assignments: ['encoder.mutualInformation=0'] },
  { name: 'without coherence', assignments: ['encoder.coherence=0'] },
  { name: 'with association', assignments: ['encoder.association=0.5'] },
  { name: 'without a ramp', assignments: ['encoder.rampShare=0'] },
  { name: 'without overlap, P(x) = argmax', assignments: ['encoder.membershipThreshold=2'] },
  { name: 'without entropy outside', assignments: ['partition.loss.outsideWeight=0', 'partition.loss.outsideShare=0'] },
  { name: 'without distillation', assignments: ['partition.loss.distillation=0', 'generalist.loss.distillation=0'], changesGeneralist: true },
]

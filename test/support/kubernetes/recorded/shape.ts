/** The shape of JSON: which fields there are, always or sometimes, and of which types. */

export interface Shape {
  readonly types: ReadonlySet<string>
  /** `always`: in each sample of what it is a field of. */
  readonly fields: ReadonlyMap<string, { readonly shape: Shape; readonly always: boolean }>
  readonly items: Shape | undefined
}

/** Their keys are anybody's. */
const free = new Set(['labels', 'annotations', 'nodeSelector', 'limits', 'requests', 'hard', 'used', 'data'])

export function shapeOf(samples: readonly unknown[]): Shape {
  const objects = samples.filter((one): one is Readonly<Record<string, unknown>> => typeOf(one) === 'object')
  const items = samples.flatMap((one) => (Array.isArray(one) ? (one as readonly unknown[]) : []))
  const names = new Set(objects.flatMap((one) => Object.keys(one)))
  return {
    types: new Set(samples.map(typeOf)),
    fields: new Map(
      [...names].map((name) => {
        const having = objects.filter((one) => Object.hasOwn(one, name))
        const values = having.map((one) => (free.has(name) ? Object.values(one[name] ?? {}) : one[name]))
        return [name, { shape: shapeOf(values), always: having.length === objects.length }]
      }),
    ),
    items: items.length === 0 ? undefined : shapeOf(items),
  }
}

/** What `told` has and `real` never does, what it lacks though `real` always has it, and what is of another type: a line each. */
export function differences(told: Shape, real: Shape, path = 'it'): readonly string[] {
  const types = [...told.types].filter((type) => !real.types.has(type))
  return [
    ...types.map((type) => `${path} is ${type}, but ${[...real.types].join(' or ')} in truth`),
    ...[...told.fields].flatMap(([name, { shape }]) => {
      const field = real.fields.get(name)
      return field === undefined ? [`${path}.${name} is made up`] : differences(shape, field.shape, `${path}.${name}`)
    }),
    ...[...real.fields].flatMap(([name, { always }]) =>
      always && told.types.has('object') && told.fields.get(name)?.always !== true ? [`${path}.${name} is missing`] : [],
    ),
    ...(told.items === undefined ? [] : real.items === undefined ? [`${path} is empty in truth`] : differences(told.items, real.items, `${path}[]`)),
  ]
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

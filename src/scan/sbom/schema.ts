/** The door for bills of materials of others: names only what is used. */
import * as v from 'valibot'

const text = v.nullish(v.string())

export interface Component {
  readonly type?: string | null | undefined
  readonly group?: string | null | undefined
  readonly name: string
  readonly version?: string | null | undefined
  readonly purl?: string | null | undefined
  readonly properties?: readonly { readonly name?: string | null | undefined; readonly value?: string | null | undefined }[] | null | undefined
  readonly components?: readonly Component[] | null | undefined
}

const component: v.GenericSchema<Component> = v.looseObject({
  type: text,
  group: text,
  name: v.string(),
  version: text,
  purl: text,
  properties: v.nullish(v.array(v.looseObject({ name: text, value: text }))),
  components: v.nullish(v.array(v.lazy(() => component))),
})

export const cyclonedxBill = v.looseObject({
  bomFormat: v.literal('CycloneDX'),
  metadata: v.nullish(v.looseObject({ component: v.nullish(component) })),
  components: v.nullish(v.array(component)),
})

const spdxPackage = v.looseObject({
  name: v.string(),
  versionInfo: text,
  primaryPackagePurpose: text,
  externalRefs: v.nullish(v.array(v.looseObject({ referenceType: text, referenceLocator: text }))),
})

export const spdxBill = v.looseObject({ spdxVersion: v.string(), name: text, packages: v.nullish(v.array(spdxPackage)) })

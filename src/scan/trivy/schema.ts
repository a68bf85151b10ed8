/** The door for trivy's JSON: names only what is used, and lets pass what trivy adds from version to version. */
import * as v from 'valibot'

const text = v.nullish(v.string())
const number = v.nullish(v.number())
const list = <const S extends v.GenericSchema>(item: S) => v.nullish(v.array(item), [])
const layer = v.nullish(v.looseObject({ Digest: text, DiffID: text }))
const identifier = v.nullish(v.looseObject({ PURL: text }))

const vulnerability = v.looseObject({
  VulnerabilityID: v.string(),
  VendorIDs: list(v.string()),
  PkgName: v.string(),
  PkgPath: text,
  PkgIdentifier: identifier,
  InstalledVersion: text,
  FixedVersion: text,
  Layer: layer,
  PrimaryURL: text,
  Title: text,
  Description: text,
  Severity: text,
  SeveritySource: text,
  CVSS: v.nullish(v.record(v.string(), v.looseObject({ V3Vector: text, V3Score: number }))),
  References: list(v.string()),
})

const misconfiguration = v.looseObject({
  ID: v.string(),
  AVDID: text,
  Title: text,
  Description: text,
  Message: text,
  Severity: text,
  Status: text,
  PrimaryURL: text,
  References: list(v.string()),
  Layer: layer,
})

const secret = v.looseObject({ RuleID: v.string(), Title: text, Severity: text, StartLine: number, Layer: layer })

const license = v.looseObject({ Name: v.string(), PkgName: text, FilePath: text, Severity: text, Category: text })

const onePackage = v.looseObject({
  Name: v.string(),
  Identifier: identifier,
  Version: text,
  Release: text,
  Epoch: number,
  Arch: text,
  SrcName: text,
  SrcVersion: text,
  SrcRelease: text,
  SrcEpoch: number,
  Licenses: list(v.string()),
  Layer: layer,
  FilePath: text,
})

/** What an ignore file or a VEX document took away, where trivy was asked to tell. */
const modified = v.looseObject({ Type: text, Status: text, Finding: v.looseObject({}) })

const result = v.looseObject({
  Target: v.nullish(v.string(), ''),
  Class: text,
  Type: text,
  Packages: list(onePackage),
  Vulnerabilities: list(vulnerability),
  Misconfigurations: list(misconfiguration),
  Secrets: list(secret),
  Licenses: list(license),
  ExperimentalModifiedFindings: list(modified),
})

export const trivyReport = v.looseObject({
  SchemaVersion: v.nullish(v.number()),
  Trivy: v.nullish(v.looseObject({ Version: text })),
  ArtifactName: text,
  ArtifactType: text,
  Metadata: v.nullish(
    v.looseObject({
      OS: v.nullish(v.looseObject({ Family: text, Name: text })),
      RepoDigests: list(v.string()),
      DiffIDs: list(v.string()),
      ImageConfig: v.nullish(
        v.looseObject({ os: text, architecture: text, history: list(v.looseObject({ created_by: text, empty_layer: v.nullish(v.boolean()) })) }),
      ),
    }),
  ),
  Results: list(result),
})

export const trivyVulnerability = vulnerability
/** Before schema 2 the list of results was all there was. */
export const trivyResults = v.array(result)

export type TrivyReport = v.InferOutput<typeof trivyReport>
export type TrivyResult = v.InferOutput<typeof result>
export type TrivyPackage = v.InferOutput<typeof onePackage>
export type TrivyVulnerability = v.InferOutput<typeof vulnerability>

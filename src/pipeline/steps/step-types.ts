/** Every step type Harness CI knows: those Slipway reads, and those it refuses with a reason. */
import type { AnyShape } from '../../yaml/shape/shape.ts'
import { aquaTrivySpec } from './aqua-trivy.ts'
import { restoreCacheSpecs, saveCacheSpecs } from './cache-steps.ts'
import { backgroundSpec, runSpec } from './commands.ts'
import { imageSpec } from './image-step.ts'
import { gitCloneSpec, pluginSpec } from './plugin.ts'

export const stepSpecs = {
  Run: runSpec,
  Background: backgroundSpec,
  Plugin: pluginSpec,
  GitClone: gitCloneSpec,
  BuildAndPushDockerRegistry: imageSpec('BuildAndPushDockerRegistry'),
  BuildAndPushECR: imageSpec('BuildAndPushECR'),
  BuildAndPushGAR: imageSpec('BuildAndPushGAR'),
  BuildAndPushGCR: imageSpec('BuildAndPushGCR'),
  BuildAndPushACR: imageSpec('BuildAndPushACR'),
  AquaTrivy: aquaTrivySpec,
  ...saveCacheSpecs,
  ...restoreCacheSpecs,
} as const satisfies Record<string, AnyShape>

export type StepType = keyof typeof stepSpecs

const upload = 'it publishes files to a store; push images with a Build and Push step, or upload with a Run step'

/** Known to Harness, not run here. */
export const unsupportedSteps: Readonly<Record<string, string>> = {
  RunTests: 'test intelligence is a service of Harness; run the tests with a Run step',
  Test: 'test intelligence is a service of Harness; run the tests with a Run step',
  Action: 'GitHub Actions need their own runner',
  Bitrise: 'Bitrise integrations need their own runner',
  S3Upload: upload,
  GCSUpload: upload,
  ArtifactoryUpload: upload,
  liteEngineTask: 'it is internal to Harness',
  InitializeStep: 'it is internal to Harness',
  Cleanup: 'it is internal to Harness',
  SscaOrchestration: 'software supply chain steps are not part of build and push',
  SscaEnforcement: 'software supply chain steps are not part of build and push',
  provenance: 'software supply chain steps are not part of build and push',
  SlsaVerification: 'software supply chain steps are not part of build and push',
  HarnessApproval: 'approvals need the service of Harness',
  Queue: 'queues need the service of Harness',
  Barrier: 'barriers need the service of Harness',
  ShellScript: 'it belongs to deployment stages; use a Run step',
  Http: 'it belongs to deployment stages; use a Run step',
  Security: 'of the scanners, only AquaTrivy is run',
  Snyk: 'of the scanners, only AquaTrivy is run',
  Grype: 'of the scanners, only AquaTrivy is run',
  Wiz: 'of the scanners, only AquaTrivy is run',
  Owasp: 'of the scanners, only AquaTrivy is run',
  Sonarqube: 'of the scanners, only AquaTrivy is run',
  Semgrep: 'of the scanners, only AquaTrivy is run',
  Gitleaks: 'of the scanners, only AquaTrivy is run',
}

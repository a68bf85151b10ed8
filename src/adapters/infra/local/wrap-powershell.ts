/** The wrapper of PowerShell. Outputs are environment variables, as in the original, or variables of the script. */
import type { ScriptOf } from './step-script.ts'

/** The script's last line sets `__slipway_ended`: without it the script has left by `exit`, and its exit code counts. */
export function powershellWrapper({ outputs, folder }: ScriptOf): string {
  const lines = outputs.map(
    (name) => `  $__slipway_value = if ($null -ne $Env:${name}) { $Env:${name} } else { Get-Variable -Name '${name}' -ValueOnly -ErrorAction SilentlyContinue }
  if ($null -ne $__slipway_value) { [IO.File]::WriteAllText('${folder}/out.${name}', [string]$__slipway_value) }`,
  )
  return `$ErrorActionPreference = 'Stop'
$__slipway_ended = $null
$__slipway_code = 0
try {
  . '${folder}/script.ps1'
  if ($null -eq $__slipway_ended) { $__slipway_code = $LASTEXITCODE } elseif (-not $__slipway_ended) { $__slipway_code = 1 }
} catch {
  [Console]::Error.WriteLine(($_ | Out-String))
  $__slipway_code = 1
} finally {
${lines.join('\n')}
}
exit $__slipway_code
`
}

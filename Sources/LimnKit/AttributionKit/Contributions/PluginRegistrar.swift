public import CLimnPlugin

/// Handed to a plugin's entry point, which adds to it what the plugin contributes.
///
///     @_cdecl("limn_plugin_register")
///     public func limnPluginRegister(_ context: UnsafeMutableRawPointer) -> Int32 {
///       limnRegister(context) { registrar in
///         registrar.add(MyMethod.descriptor)
///       }
///     }
public final class PluginRegistrar {
  /// What was added so far.
  public private(set) var contributions = Contributions()
  /// What the plugin was built against, as its entry point tells.
  public fileprivate(set) var stamp = ""
  /// Why the plugin refused to register.
  public fileprivate(set) var failure: (any Error)?

  public init() {}

  public func add(_ method: MethodDescriptor) { contributions.methods.append(method) }
  public func add(_ metric: MetricDescriptor) { contributions.metrics.append(metric) }
  public func add(_ rule: RuleDescriptor) { contributions.rules.append(rule) }
  public func add(_ target: TargetDescriptor) { contributions.targets.append(target) }
  public func add(_ colorMap: ColorMapDescriptor) { contributions.colorMaps.append(colorMap) }
  public func add(_ format: any ModelFormat) { contributions.formats.append(format) }
}

/// The body of a plugin's `limn_plugin_register`: runs `body`, and keeps what it throws for the command to report.
///
/// - Parameters:
///   - context: The pointer that the entry point was given.
///   - stamp: What the plugin was built against. It is evaluated where this function is called, so that its text lies
///     in the plugin's own file, where the command reads it before it loads the plugin: leave it out.
///   - body: Adds to the registrar.
/// - Returns: What the entry point must return: 0, or 1 where `body` threw.
@inline(never)
public func limnRegister(
  _ context: UnsafeMutableRawPointer, stamp: UnsafePointer<CChar> = limn_plugin_stamp(),
  _ body: (PluginRegistrar) throws -> Void
) -> Int32 {
  let registrar = Unmanaged<PluginRegistrar>.fromOpaque(context).takeUnretainedValue()
  // Kept, so that no optimiser may leave the text out of the plugin's file.
  registrar.stamp = String(cString: stamp)
  do {
    try body(registrar)
    return 0
  } catch {
    registrar.failure = error
    return 1
  }
}

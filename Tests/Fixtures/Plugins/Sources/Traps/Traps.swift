import AttributionKit

@_cdecl("limn_plugin_register")
public func limnPluginRegister(_ context: UnsafeMutableRawPointer) -> Int32 {
  limnRegister(context) { _ in fatalError("a mistake in the plugin") }
}

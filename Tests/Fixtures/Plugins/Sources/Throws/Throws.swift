import AttributionKit

@_cdecl("limn_plugin_register")
public func limnPluginRegister(_ context: UnsafeMutableRawPointer) -> Int32 {
  limnRegister(context) { _ in throw Refusal("it needs a camera: plug one in") }
}

import AttributionKit

@_cdecl("other_name")
public func limnPluginRegister(_ context: UnsafeMutableRawPointer) -> Int32 {
  limnRegister(context) { _ in }
}

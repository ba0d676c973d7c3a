public import AttributionKit

extension ColorMapDescriptor {
  /// From a night sky to daylight, lighter all the way.
  public static let dawn = ColorMapDescriptor("dawn", stops: [0x0B1026, 0x4A2C6D, 0xB5446E, 0xF08A4B, 0xFFF3B0])
}

/// Colours that tell things apart, also for people who do not see all of them: those of Okabe and Ito, "Color universal
/// design", 2008, and darker ones when these are used up.
enum Hue {
  private static let colors: [UInt32] = [
    0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x6A3D9A, 0x8C510A, 0x444444, 0xB2182B, 0x1B7837,
    0x999933,
  ]

  /// The colour of the thing of this number, from which on they begin again.
  static func of(_ index: Int) -> UInt32 { colors[index % colors.count] }
}

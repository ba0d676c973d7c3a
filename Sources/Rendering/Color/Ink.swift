/// The colours of lines and letters: few, and never competing with the maps.
package enum Ink: UInt32, Sendable {
  case text = 0x1F1F1F
  case quiet = 0x6A6A6A
  case hairline = 0xCFCFCF
  case frame = 0xB8B8B8
  case paper = 0xFFFFFF
  case vacant = 0xF6F6F4
  case badge = 0xFFF3D9
  case badgeText = 0x7A4B00
}

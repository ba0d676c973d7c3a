import Foundation
public import Images

/// The ways in which terminals show pictures among their text.
public enum TerminalGraphics: String, Hashable, Sendable, CaseIterable {
  /// Kitty's protocol: Kitty, Ghostty, Konsole.
  case kitty
  /// iTerm2's: also WezTerm and VS Code's terminal.
  case iterm2
  /// DEC's: xterm, foot, mlterm, Windows Terminal.
  case sixel
  /// Two pixels a character, in 24-bit colors: nearly all.
  case blocks

  /// The best that the terminal of this environment is known to show; `LIMN_GRAPHICS` decides otherwise.
  public init(_ environment: [String: String]) {
    let term = environment["TERM"] ?? "", program = environment["TERM_PROGRAM"] ?? ""
    if let named = environment["LIMN_GRAPHICS"].flatMap({ Self(rawValue: $0.lowercased()) }) {
      self = named
    } else if environment["TMUX"] != nil || term.hasPrefix("screen") || term.hasPrefix("tmux") {
      // What multiplexes terminals passes on text alone.
      self = .blocks
    } else if environment["KITTY_WINDOW_ID"] != nil || term.contains("kitty") || term.contains("ghostty")
      || program == "ghostty" || environment["KONSOLE_VERSION"] != nil
    {
      self = .kitty
    } else if ["iTerm.app", "WezTerm", "vscode"].contains(program) || environment["LC_TERMINAL"] == "iTerm2" {
      self = .iterm2
    } else if ["foot", "mlterm", "yaft", "contour", "sixel"].contains(where: term.contains)
      || environment["WT_SESSION"] != nil
    {
      self = .sixel
    } else {
      self = .blocks
    }
  }

  /// A picture as text that a terminal shows, ending in a line feed.
  ///
  /// - Parameters:
  ///   - picture: what is shown.
  ///   - columns: how many characters wide it may be.
  /// - Returns: Escape sequences.
  /// - Throws: `ImageError` where the picture cannot be packed.
  public func text(of picture: Raster, columns: Int) throws -> String {
    let columns = max(columns, 2)
    // A character of a common font is about ten pixels wide.
    let fitting = picture.reduced(toWidth: 10 * columns)
    switch self {
    case .kitty: return try Self.kitty(fitting)
    case .iterm2: return try Self.iterm2(fitting)
    case .sixel: return SixelPicture(fitting).text + "\n"
    case .blocks: return Self.blocks(picture.reduced(toWidth: columns))
    }
  }

  private static func kitty(_ picture: Raster) throws -> String {
    let data = Data(try picture.pngData(workers: Workers(1))).base64EncodedString()
    var (rest, text, isFirst) = (data[...], "", true)
    // At most 4096 letters a piece.
    while isFirst || !rest.isEmpty {
      let piece = rest.prefix(4096)
      rest = rest.dropFirst(4096)
      text += "\u{1B}_G\(isFirst ? "a=T,f=100," : "")m=\(rest.isEmpty ? 0 : 1);\(piece)\u{1B}\\"
      isFirst = false
    }
    return text + "\n"
  }

  private static func iterm2(_ picture: Raster) throws -> String {
    let data = Data(try picture.pngData(workers: Workers(1)))
    return "\u{1B}]1337;File=inline=1;size=\(data.count);width=\(picture.width)px;height=\(picture.height)px:"
      + data.base64EncodedString() + "\u{07}\n"
  }

  /// The upper half of a character is its letter's color, the lower its background's.
  private static func blocks(_ picture: Raster) -> String {
    func color(_ x: Int, _ y: Int) -> String {
      let (red, green, blue) = picture[x, y]
      return "2;\(red);\(green);\(blue)"
    }
    var text = ""
    for y in stride(from: 0, to: picture.height, by: 2) {
      var last = ""
      for x in 0..<picture.width {
        let style = "38;\(color(x, y))" + (y + 1 < picture.height ? ";48;\(color(x, y + 1))" : "")
        if style != last { text += "\u{1B}[\(style)m" }
        last = style
        text += "▀"
      }
      text += "\u{1B}[0m\n"
    }
    return text
  }
}

extension Raster {
  /// A copy at most this wide, of the same proportions.
  fileprivate func reduced(toWidth most: Int) -> Raster {
    guard width > most else { return self }
    return reduced(width: most, height: max(1, (height * most + width / 2) / width))
  }
}

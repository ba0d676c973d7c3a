import Images
import Rendering
import Testing

/// Pictures among the text of a terminal.
@Suite struct TerminalGraphicsTests {
  let picture: Raster = {
    var picture = Raster(width: 7, height: 13, fill: (255, 0, 0))
    for x in 0..<7 { picture[x, 12] = (0, 0, 255) }
    return picture
  }()

  @Test(arguments: [
    (["TERM": "xterm-kitty"], TerminalGraphics.kitty), (["TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"], .kitty),
    (["TERM_PROGRAM": "iTerm.app"], .iterm2), (["TERM": "foot"], .sixel), (["TERM": "xterm-256color"], .blocks),
    (["TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"], .blocks), (["TERM": "foot", "LIMN_GRAPHICS": "kitty"], .kitty),
    ([:], .blocks),
  ]) func `a terminal is known by its environment`(environment: [String: String], expected: TerminalGraphics) {
    #expect(TerminalGraphics(environment) == expected)
  }

  @Test func `a character shows two pixels, one above the other`() throws {
    let lines = try TerminalGraphics.blocks.text(of: picture, columns: 80).split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines[0] == "\u{1B}[38;2;255;0;0;48;2;255;0;0m" + String(repeating: "▀", count: 7) + "\u{1B}[0m")
    #expect(lines[6].hasPrefix("\u{1B}[38;2;0;0;255m▀"))
  }

  @Test func `a picture is no wider than the terminal`() throws {
    let wide = Raster(width: 300, height: 100)
    let lines = try TerminalGraphics.blocks.text(of: wide, columns: 40).split(separator: "\n")
    #expect(lines.count == 7 && lines.allSatisfy { $0.filter { $0 == "▀" }.count == 40 })
  }

  @Test func `sixels are the pixels again`() throws {
    let text = try TerminalGraphics.sixel.text(of: picture, columns: 80)
    #expect(text.hasPrefix("\u{1B}P0;1q\"1;1;7;13") && text.hasSuffix("\u{1B}\\\n"))
    // Two strips of six red rows, then one row of blue.
    #expect(text.contains("#180;2;100;0;0#180!7~$-#180!7~$-#5;2;0;0;100#5!7@$-"))
  }

  @Test func `Kitty's and iTerm2's pictures are PNG files in base 64`() throws {
    let kitty = try TerminalGraphics.kitty.text(of: picture, columns: 80)
    #expect(kitty.hasPrefix("\u{1B}_Ga=T,f=100,m=0;iVBOR") && kitty.hasSuffix("\u{1B}\\\n"))
    var noise = Raster(width: 200, height: 200)
    for i in noise.samples.indices { noise.samples[i] = UInt8(truncatingIfNeeded: (i &* i &* 2_654_435_761) >> 13) }
    let pieces = try TerminalGraphics.kitty.text(of: noise, columns: 80).split(separator: "\u{1B}\\")
    #expect(pieces.count > 3 && pieces[0].contains("m=1;") && pieces.dropLast().last?.contains("m=0;") == true)
    #expect(pieces.allSatisfy { $0.count <= 4096 + 30 })
    #expect(try TerminalGraphics.iterm2.text(of: picture, columns: 80).contains("width=7px;height=13px:iVBOR"))
  }
}

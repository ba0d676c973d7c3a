import ArgumentParser
import Foundation
import Images
import Rendering

/// Whether a result is opened once it is written.
struct OpenOption: ParsableArguments {
  @Flag(help: "Open what was written, with the program that the system has for it.")
  var open = false

  func show(_ path: String?) {
    guard open, let path else { return }
    #if os(macOS)
      let names = ["open"]
    #else
      let names = ["xdg-open", "gio", "wslview"]
    #endif
    for name in names {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [name] + (name == "gio" ? ["open"] : []) + [path]
      (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, FileHandle.nullDevice)
      process.standardError = FileHandle.nullDevice
      if (try? process.run()) != nil {
        process.waitUntilExit()
        if process.terminationStatus == 0 { return }
      }
    }
    Console.note("nothing on this machine opens \(path): none of \(names.joined(separator: ", ")) is there")
  }
}

/// Pictures among the text of a terminal.
enum TerminalPicture {
  static func show(_ picture: Raster) throws {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    let graphics = TerminalGraphics(ProcessInfo.processInfo.environment)
    Console.write(try graphics.text(of: picture, columns: isKnown ? min(Int(size.ws_col) - 1, 96) : 80))
  }
}

import Foundation
import Reporting

/// Where a sheet goes: a file, or a folder with everything in it.
enum SheetOutput {
  case file(OutputFile)
  case bundle(folder: String)

  /// Makes sure that the place can be written before any work starts.
  init(_ path: String, apartFrom inputs: [String]) throws {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard path.hasSuffix("/") || isThere && isFolder.boolValue else {
      let file = try OutputFile(path, apartFrom: inputs)
      guard file.writer.takesSheets else {
        throw Failure.usage(
          "a comparison is no single array: write an archive of them, -o maps.npz, or one with `limn explain -o map.npy`"
        )
      }
      self = .file(file)
      return
    }
    let folder = path.hasSuffix("/") ? path : path + "/"
    guard !isThere || isFolder.boolValue else { throw Failure.cannotCreate("cannot write \(folder): it is a file") }
    if isThere {
      try SheetBundle.check(folder)
    } else {
      _ = try OutputPlace(String(folder.dropLast()), apartFrom: [])
    }
    self = .bundle(folder: folder)
  }

  var path: String {
    switch self {
    case .file(let file): file.path
    case .bundle(let folder): folder
    }
  }

  /// What the sheet's rows must hold.
  var needs: Sheet.Contents {
    switch self {
    case .file(let file): file.writer.needs
    case .bundle: SheetBundle.needs
    }
  }

  func write(_ sheet: Sheet) throws {
    switch self {
    case .file(let file): try file.write(file.writer.data(of: sheet))
    case .bundle(let folder): try SheetBundle(of: sheet, command: CommandText.current).write(to: folder)
    }
  }
}

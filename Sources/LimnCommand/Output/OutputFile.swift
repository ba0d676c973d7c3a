import Foundation
import Images
import Reporting

/// Where a result goes, checked before the work starts, and what writes it.
struct OutputFile {
  /// What writes files of its ending.
  let writer: any ReportWriter
  private let place: OutputPlace

  var path: String { place.path }

  /// Makes sure that `path` has an extension we write, lies in a folder that can be written, and is none of `inputs`.
  init(_ path: String, apartFrom inputs: [String]) throws {
    writer = try ReportWriters.writer(for: path, among: CommandText.writers)
    place = try OutputPlace(path, apartFrom: inputs)
  }

  /// Puts the whole file in place at once.
  func write(_ bytes: some Collection<UInt8>) throws { try place.write(bytes) }
}

extension OutputFile {
  /// Where the results for several images go, a file each.
  ///
  /// - Parameters:
  ///   - inputs: the images.
  ///   - suffix: what names end in where nothing else is said: `photo-grad-cam.png`.
  ///   - output: a folder, a name with `{}` in it for the image's own, or for a single image any name.
  /// - Returns: As many names, all different.
  /// - Throws: Where one name is given for several images.
  static func paths(for inputs: [String], suffix: String, at output: String?) throws(Failure) -> [String] {
    var taken: Set<String> = []
    let stems = inputs.map { input in
      let stem = stem(of: input)
      let names = [stem] + (2...inputs.count + 1).map { "\(stem)-\($0)" }
      let name = names.first { !taken.contains($0) } ?? stem
      taken.insert(name)
      return name
    }
    guard let output else { return stems.map { "\($0)-\(suffix).png" } }
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
    if output.hasSuffix("/") || isThere && isFolder.boolValue {
      let folder = output.hasSuffix("/") ? output : output + "/"
      return stems.map { "\(folder)\($0)-\(suffix).png" }
    }
    if output.contains("{}") { return stems.map { output.replacingOccurrences(of: "{}", with: $0) } }
    guard inputs.count == 1 else {
      throw .usage(
        "\(inputs.count) images need a file each: give -o a folder, or a name with {} for each image's own: 'maps/{}.npy'"
      )
    }
    return [output]
  }

  /// `photo-compare.png` in the current folder for `folder/photo.jpg`.
  static func defaultPath(for inputs: [String], suffix: String, extension ending: String = "png") -> String {
    "\(inputs.count == 1 ? stem(of: inputs[0]) : "limn")-\(suffix).\(ending)"
  }

  /// An image's name without its folder and its ending; of what comes from the standard input, `stdin`.
  private static func stem(of input: String) -> String {
    input == "-" ? "stdin" : URL(fileURLWithPath: input).deletingPathExtension().lastPathComponent
  }
}

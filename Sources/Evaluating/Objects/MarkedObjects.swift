public import Explaining
import Foundation
import Images

/// The objects that somebody marked in photographs, by the photographs' names.
public struct MarkedObjects: Sendable {
  private let byName: [String: [MarkedObject]]

  /// Objects by the names of their photographs, without folders.
  public init(_ objects: [String: [MarkedObject]]) { byName = objects }

  /// Reads marks.
  ///
  /// - Parameter path: a folder of masks, each called like its photograph (`dog.png` or `dog-mask.png` for `dog.jpg`) and
  ///   of its size, white inside; or a JSON file: COCO's `images`, `annotations` and `categories` with boxes, polygons or
  ///   run lengths, or a list with an object for each entry, `file`, a name, `bbox` or `segmentation`.
  /// - Throws: ``ExplainingError`` where there is nothing of the kind.
  public init(_ path: String) throws(ExplainingError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if exists, isFolder.boolValue {
      byName = try Self.masks(in: path)
    } else {
      byName = try ObjectFile(try InputFile.contents(of: path, as: "objects"), named: path).objects
    }
  }

  /// What is marked in a picture; nothing where nobody marked anything.
  package func objects(in picture: Picture) -> [MarkedObject] {
    let name = URL(fileURLWithPath: picture.name).lastPathComponent
    return byName[name] ?? byName[(name as NSString).deletingPathExtension] ?? []
  }

  /// Whether anything is marked in one of these pictures.
  public func areOf(_ pictures: [Picture]) -> Bool { pictures.contains { !objects(in: $0).isEmpty } }

  private static func masks(in folder: String) throws(ExplainingError) -> [String: [MarkedObject]] {
    let endings = Raster.fileExtensions.union(["npy"])
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      .filter { endings.contains(($0 as NSString).pathExtension.lowercased()) }
    guard !names.isEmpty else {
      throw ExplainingError(
        .missingInput, "there are no masks in the folder \(folder): it holds no picture and no array")
    }
    var masks: [String: [MarkedObject]] = [:]
    for name in names {
      var stem = (name as NSString).deletingPathExtension
      for ending in ["-mask", "_mask"] where stem.hasSuffix(ending) { stem = String(stem.dropLast(ending.count)) }
      let path = (folder as NSString).appendingPathComponent(name)
      masks[stem, default: []].append(MarkedObject(names: [], outline: .mask(path: path)))
    }
    return masks
  }
}

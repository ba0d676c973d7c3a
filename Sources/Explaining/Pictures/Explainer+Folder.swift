import Foundation
import Images
import Tensors

extension Explainer {
  /// The pictures in a folder, as the network takes them, in the order of their names; what is no picture is passed over.
  ///
  /// - Throws: ``ExplainingError`` where there is no such folder, or a picture in it cannot be used.
  func pictures(in folder: String) throws(ExplainingError) -> [Tensor] {
    guard readsFolders else { throw .usage("methods may not read folders here: choose a baseline that needs none") }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue,
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { throw .missingInput("there is no folder of pictures \(folder), or you may not read it") }
    let endings = Raster.fileExtensions.union(["npy"])
    var inputs: [Tensor] = []
    for name in names.sorted() where endings.contains((name as NSString).pathExtension.lowercased()) {
      inputs.append(try subject(Picture((folder as NSString).appendingPathComponent(name))).input)
    }
    return inputs
  }
}

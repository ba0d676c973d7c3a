import Tensors

/// What Quantus 0.6, scikit-learn and pytorch-grad-cam 1.5.7 make of two small maps; made by
/// `Tests/Tools/localization_references.py`.
enum LocalizationReferences {
  static let height = 8, width = 10

  /// No two numbers alike, some below zero.
  static let scattered = Tensor(
    (0..<height * width).map { Float(($0 * 37 + 11) % 101 - 30) / 64 }, shape: [height, width])

  /// Five numbers only, from 0.
  static let stepped = Tensor((0..<height * width).map { Float($0 * 7 / 3 % 5) / 64 }, shape: [height, width])

  /// An ellipse of 24 pixels.
  static let object = Tensor(
    (0..<height * width).map { place in
      let (y, x) = (place / width - 4, place % width - 6)
      return 4 * y * y + x * x <= 16 ? 1 : 0
    }, shape: [height, width])

  /// Of the positive part of the scattered map, and of the stepped one.
  static let relevanceMass: (scattered: Float, stepped: Float) = (0.319_508_45, 0.302_469_14)
  /// Of the scattered map; Quantus sorts equal numbers as they come.
  static let relevanceRank: Float = 0.291_666_67, top12: Float = 0.416_666_67
  static let auc: (scattered: Float, stepped: Float) = (0.546_875, 0.504_836_3)
  static let sparseness: (scattered: Float, stepped: Float) = (0.387_821_39, 0.397_375_3)
  static let complexity: (scattered: Float, stepped: Float) = (4.131_815_2, 4.055_049_6)
  /// Of the positive part of the scattered map, as the image and as its own map.
  static let mapComplexity: Float = 0.348_75, coherency: Float = 0.979_229
  /// Of 16 pixels with the weights `i mod 3`, where the map is zero at every fifth from the third on.
  static let nonSensitivity: Float = 7.0 / 16
}

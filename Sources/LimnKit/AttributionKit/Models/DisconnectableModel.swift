/// A model that can be made into one for mosaics, in which no cell can influence what is answered about another: a network
/// with a known truth, since nothing outside a cell can be evidence for its classes.
///
/// Source: "DiFull" of Rao, Böhle & Schiele, "Towards better understanding attribution methods", CVPR 2022, arXiv:2205.10435,
/// section 3.
public protocol DisconnectableModel: ModelAdapter {
  /// This network for mosaics of so many images as it takes, in rows and columns.
  ///
  /// Each image goes through the network by itself. At the layer that this model proposes, its
  /// ``ModelAdapter/automaticLayer``, their maps lie beside each other as the images do, so that methods of the CAM family see
  /// one layer; the rest of the network sees each cell of it by itself again. The scores of the cells follow each other: those
  /// of cell `i`, counted in rows from the top left, begin at `i` times the number of classes.
  ///
  /// `Tensor(mosaicOf:columns:)` makes its input.
  ///
  /// - Throws: ``AttributionError/cannotDisconnect(_:)`` where the network cannot be taken apart so.
  func disconnected(rows: Int, columns: Int) throws -> any ModelAdapter
}

//! What is kept can be read again, and whatever is changed in it is found.

mod it {
    mod archive;
    mod check;
    mod forge;
    mod keep;
    mod keys;
    mod make;
    mod network;
}
